/** Hand a file to the reader, under a name that no file system refuses. */
export function save(content: Blob, name: string, ending: string): void {
  saveAs(content, `${name.replace(/[^\w.+-]+/g, '_').slice(-120) || 'lineage'}.${ending}`);
}

/** Hand a file to the reader under its own name. */
export function saveAs(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
