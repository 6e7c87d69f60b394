import { useEffect, useState } from 'preact/hooks';

/** That something is under way; said only after a moment, so that quick answers don't flicker. */
export function Waiting({ what }: { what: string }) {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), 250);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div class="waiting" role="status">
      {isLong && <><progress aria-label={what} /> <span>{what} …</span></>}
    </div>
  );
}
