/** How far a job has come. */

const TONES: Record<string, string> = {
  COMPLETED: 'good', ERROR: 'bad', ABORTED: 'doubt', EXECUTING: 'busy',
};

export function PhaseMark({ phase }: { phase: string }) {
  return <b class={`phase ${TONES[phase] ?? ''}`}>{phase}</b>;
}
