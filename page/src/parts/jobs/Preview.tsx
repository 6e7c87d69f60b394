/** What is in a file of a job, as far as a page can show it. */

import { useEffect, useState } from 'preact/hooks';
import { useAnswer } from '../../asking/answered';
import { fetched, textOf } from '../../asking/files';
import { sizeText, visible } from '../../figure/names';
import { Trouble } from '../Trouble';
import { Waiting } from '../Waiting';

/** So many bytes of a text are shown, and so many of a picture fetched for it. */
const TEXT = 65_536;
const PICTURE = 20_000_000;
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)\b/;
/** What is no text whatever is in it: it is not fetched only to see that. */
const NO_TEXT = /^(image|audio|video|font)\/|fits|hdf|zip|gzip|tar|pdf/;

export function isShown(type: string, size: number): boolean {
  return PICTURES.test(type) ? size <= PICTURE : !NO_TEXT.test(type);
}

interface Props {
  path: string;
  name: string;
  type: string;
}

export function Preview({ path, name, type }: Props) {
  return PICTURES.test(type)
    ? <Picture path={path} name={name} />
    : <Text path={path} name={name} range={`bytes=0-${TEXT - 1}`} />;
}

/** A picture, also an SVG: as an image it runs no script. */
function Picture({ path, name }: Omit<Props, 'type'>) {
  const { value, refusal } = useAnswer((signal) => fetched(path, '', signal), path);
  const [address, setAddress] = useState('');
  useEffect(() => {
    if (!value) return;
    const made = URL.createObjectURL(value.content);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [value]);
  if (refusal) return <Trouble refusal={refusal} />;
  if (!address) return <Waiting what="Fetching the picture" />;
  return <img class="preview" src={address} alt={`The result ${name}`} />;
}

/** The last part of what a script writes, asked for again when `round` changes. */
export function Log({ path, name, round }: { path: string; name: string; round: string }) {
  return <Text path={path} name={name} range={`bytes=-${TEXT}`} round={round} />;
}

interface TextProps {
  path: string;
  name: string;
  range: string;
  round?: string;
}

function Text({ path, name, range, round = '' }: TextProps) {
  const { value, refusal } = useAnswer(async (signal) => {
    const file = await fetched(path, range, signal);
    return { ...file, text: await textOf(file.content) };
  }, `${path} ${round}`);
  if (refusal?.code === 'NOT_FOUND') return <p><small>There is nothing.</small></p>;
  if (refusal) return <Trouble refusal={refusal} />;
  if (!value) return <Waiting what={`Fetching ${name}`} />;
  if (value.text === undefined) return <p>It is no text: download it.</p>;
  if (!value.size) return <p><small>It is empty.</small></p>;
  const { length } = new TextEncoder().encode(value.text);
  return (
    <>
      {value.size > value.content.size && (
        <p><small>The {range.startsWith('bytes=-') ? 'last' : 'first'} {sizeText(length)} of{' '}
          {sizeText(value.size)}.</small></p>
      )}
      <pre class="preview" tabindex={0} role="region" aria-label={name}>
        {value.text.split('\n').map(visible).join('\n')}
      </pre>
    </>
  );
}
