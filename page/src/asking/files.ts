/** Files of jobs: they are fetched, since an address can't say who asks. */

import { send } from './send';

export interface Fetched {
  content: Blob;
  name: string;
  /** How many bytes the whole file has. */
  size: number;
}

/** Fetch a file: the whole, or by `bytes=0-99` a part of it. */
export async function fetched(path: string, range = '', signal?: AbortSignal): Promise<Fetched> {
  const response = await send(path, { signal, headers: range ? { range } : {} });
  const content = await response.blob();
  const whole = response.headers.get('content-range')?.split('/')[1];
  const disposition = response.headers.get('content-disposition') ?? '';
  return { content, name: nameIn(disposition), size: whole ? Number(whole) : content.size };
}

/** The name of a file in a header (RFC 6266). */
function nameIn(disposition: string): string {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]*)"/.exec(disposition)?.[1] ?? '';
}

/** A file as a text; nothing where it is none. */
export async function textOf(content: Blob): Promise<string | undefined> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  if (bytes.includes(0)) return undefined;
  try {
    // A part may begin or end within a letter.
    return new TextDecoder('utf-8', { fatal: true }).decode(wholeLetters(bytes));
  } catch {
    return undefined;
  }
}

/** Bytes without the rest of a letter at their beginning and their end. */
function wholeLetters(bytes: Uint8Array): Uint8Array {
  const isRest = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
  let start = 0;
  while (start < 3 && isRest(bytes[start])) start += 1;
  let last = bytes.length - 1;
  while (last > bytes.length - 4 && isRest(bytes[last])) last -= 1;
  const first = bytes[last] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.subarray(start, last + length > bytes.length ? last : bytes.length);
}
