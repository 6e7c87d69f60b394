/** One job: how far it is, what went in, what came out. */

import { useState } from 'preact/hooks';
import { historyOf } from '../../address';
import { fetched } from '../../asking/files';
import { removed, useJob } from '../../asking/following';
import {
  changePhase, FORMS, isActive, isSettled, pathOf, type Job, type JobResult,
} from '../../asking/jobs';
import { Refusal } from '../../asking/send';
import { saveAs } from '../../downloads/save';
import { counted, durationText, sizeText, timeText, visible } from '../../figure/names';
import { Copy } from '../../parts/Copy';
import { Glance } from '../../parts/jobs/Glance';
import { isShown, Log, Preview } from '../../parts/jobs/Preview';
import { Menu } from '../../parts/Menu';
import { Scroll } from '../../parts/Scroll';
import { Trouble } from '../../parts/Trouble';
import { Waiting } from '../../parts/Waiting';
import type { Values } from '../History';
import { formAddress } from './address';
import { Heading } from './Heading';
import { PhaseMark } from './Phase';

/** So many results are shown without being asked for, if they are no longer than so many bytes. */
const OPEN = 3;
const SHORT = 200_000;
/** So many are listed at once. */
const AT_ONCE = 100;
/** A browser holds a file in memory before it saves it: longer ones are fetched without it. */
const LONGEST = 500_000_000;

export function JobView({ values }: { values: Values }) {
  const { job: name = '', id = '' } = values;
  const { job, refusal, round, again } = useJob(name, id);
  const label = job?.label || id.slice(0, 8);
  return (
    <>
      <Heading title={`${name} ${label}`}>
        <span class="name">{visible(name)}</span> <small>{visible(label)}</small>
      </Heading>
      {!job && !refusal && <Waiting what="Asking for the job" />}
      {refusal && <Trouble refusal={refusal} />}
      {job && (
        <>
          <p role="status"><PhaseMark phase={job.phase} /> {said(job)}</p>
          {job.message && <p class="bad">{visible(job.message)}</p>}
          <Actions job={job} again={again} />
          <Facts job={job} />
          <Values job={job} />
          <Results job={job} />
          <Logs job={job} round={round} />
          <Provenance job={job} />
        </>
      )}
    </>
  );
}

function said(job: Job): string {
  if (job.phase === 'PENDING') return 'It waits for you to run it.';
  if (job.phase === 'QUEUED') return 'It waits for its turn.';
  if (job.phase === 'EXECUTING') return `It has run since ${timeText(job.started)}.`;
  if (job.phase === 'ARCHIVED') return 'Its files are removed; its provenance stays.';
  return `It ended ${timeText(job.ended)}.`;
}

function Actions({ job, again }: { job: Job; again: () => void }) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSure, setSure] = useState(false);
  const act = (work: () => Promise<void>) => () => {
    setRefusal(undefined);
    work().catch((error: unknown) => setRefusal(
      error instanceof Refusal ? error : new Refusal('ERROR', String(error)),
    ));
  };
  const change = (phase: 'RUN' | 'ABORT') => act(() => changePhase(job, phase).then(again));
  const remove = act(async () => {
    setSure(false);
    await removed(job);
    again();
  });
  return (
    <>
      <p class="ways">
        {job.phase === 'PENDING' && (
          <button type="button" class="strong" onClick={change('RUN')}>Run</button>
        )}
        {isActive(job) && <button type="button" onClick={change('ABORT')}>Abort</button>}
        <a class="button" href={formAddress(job.name, job.id)}>Run again with other values</a>
        {job.phase !== 'ARCHIVED' && !isSure && (
          <button type="button" onClick={() => setSure(true)}>Delete …</button>
        )}
        {isSure && (
          <span class="ways" role="group" aria-label="Delete the files of the job">
            Its files are removed, its provenance stays.
            <button type="button" class="strong" onClick={remove}>Delete</button>
            <button type="button" onClick={() => setSure(false)}>Keep</button>
          </span>
        )}
      </p>
      {refusal && <Trouble refusal={refusal} />}
    </>
  );
}

function Facts({ job }: { job: Job }) {
  const ran = job.started && job.ended ? (Date.parse(job.ended) - Date.parse(job.started)) / 1000
    : null;
  const facts = [
    ['By', job.owner],
    ['Asked for', timeText(job.created)],
    ['Began', timeText(job.started)],
    ['Took', durationText(ran)],
    ['May take', durationText(job.duration)],
    ['Files stay until', job.phase === 'ARCHIVED' ? '' : timeText(job.destruction)],
    ['Id', job.id],
  ].filter(([, value]) => value);
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}><dt>{name}</dt><dd>{visible(value!)}</dd></div>
      ))}
    </dl>
  );
}

function Values({ job }: { job: Job }) {
  const parts = job.values.map((each) => ({
    ...each, path: pathOf(job, 'parameters', each.name),
  }));
  return (
    <section>
      <h2>Parameters</h2>
      {parts.length === 0 && <p>All are as the definition has them.</p>}
      {parts.length > 0 && (
        <Scroll label="Parameters">
          <table class="values">
            <tbody>
              {parts.map(({ name, value, isUpload, path }) => (
                <tr key={name}>
                  <th scope="row">{visible(name)}</th>
                  <td class="path">{isUpload && job.phase !== 'ARCHIVED'
                    ? <Download path={path} name={name} label="a file that was sent" />
                    : isUpload ? 'a file that was sent' : visible(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function Results({ job }: { job: Job }) {
  const [most, setMost] = useState(AT_ONCE);
  if (isActive(job) || job.phase === 'ARCHIVED') return null;
  const rest = job.results.length - most;
  return (
    <section>
      <h2>Results</h2>
      {job.results.length === 0 && <p>It made no file that its definition names.</p>}
      {job.results.slice(0, most).map((each, number) => (
        <Result key={each.name} job={job} result={each} isOpen={number < OPEN} />
      ))}
      {rest > 0 && <button type="button" onClick={() => setMost(most + AT_ONCE)}>
        Show more, of {counted(job.results.length, 'result')}</button>}
    </section>
  );
}

interface ResultProps {
  job: Job;
  result: JobResult;
  isOpen: boolean;
}

function Result({ job, result, isOpen }: ResultProps) {
  const { name, type, size } = result;
  const path = pathOf(job, 'results', name);
  const mayShow = isShown(type, size ?? 0);
  const [isShowing, setShowing] = useState(isOpen && mayShow && (size ?? 0) <= SHORT);
  const verb = isShowing ? 'Hide' : 'Show';
  return (
    <article class="result" aria-label={`Result ${name}`}>
      <p class="ways">
        <b class="name">{visible(name)}</b>
        <small>{visible(type)}{size !== null && `, ${sizeText(size)}`}</small>
        {mayShow && (
          <button type="button" aria-label={`${verb} ${name}`}
            onClick={() => setShowing(!isShowing)}>{verb}</button>
        )}
        {(size ?? 0) <= LONGEST
          ? <Download path={path} name={name} label="Download" />
          : <code>curl -H "Authorization: Bearer $PROVGRAPH_TOKEN" -OJ{' '}
            {new URL(path, window.location.href).href}</code>}
        <Copy text={result.entity} what={`id of ${name}, to be the input of another job`}
          label="Copy id" />
      </p>
      {isShowing && <Preview {...{ path, name, type }} />}
    </article>
  );
}

function Download({ path, name, label }: { path: string; name: string; label: string }) {
  const [wrong, setWrong] = useState('');
  const download = async () => {
    try {
      const file = await fetched(path);
      saveAs(file.content, file.name || name);
    } catch (error) {
      setWrong(error instanceof Refusal ? error.message : String(error));
    }
  };
  return (
    <>
      <button type="button" aria-label={`${label}: ${name}`} onClick={download}>{label}</button>
      {wrong && <small class="bad" role="alert"> {visible(wrong)}</small>}
    </>
  );
}

/** What the script writes; while it runs, as far as it is. */
function Logs({ job, round }: { job: Job; round: number }) {
  if (!job.started || job.phase === 'ARCHIVED') return null;
  return (
    <section>
      <h2>Logs</h2>
      {['stdout', 'stderr'].map((name) => (
        <div key={name} class="log">
          <h3>{name}</h3>
          <Log path={pathOf(job, name)} name={name} round={isActive(job) ? String(round) : 'end'} />
        </div>
      ))}
    </section>
  );
}

function Provenance({ job }: { job: Job }) {
  if (isActive(job)) return null;
  if (!isSettled(job)) return <p role="status">Its provenance is being written to the store …</p>;
  return (
    <section>
      <h2>Provenance</h2>
      <div class="ways">
        <a class="button" href={historyOf(job.id, 'both')}>Flowchart</a>
        {job.documents.includes('provjson') && (
          <Menu label="Documents">
            {Object.entries(FORMS).map(([form, label]) => (
              <Download key={form} path={pathOf(job, form)} name={form} label={label} />
            ))}
          </Menu>
        )}
      </div>
      <Glance run={job.id} label={`Flowchart of the job ${job.id}`} />
    </section>
  );
}
