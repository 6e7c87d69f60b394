/** The fields of a form, as the definition of a job asks for them. */

import { plainText, type Definition, type Plain } from './definitions';

export type FieldKind = 'text' | 'lines' | 'whole' | 'number' | 'truth' | 'choice';

/** A parameter that can be chosen. */
export interface ParameterField {
  name: string;
  help: string;
  kind: FieldKind;
  default: string;
  /** Whether somebody has to choose: there is no default. */
  isNeeded: boolean;
  min?: string;
  max?: string;
  options: string[];
}

/** A file that is read, or the name of one that is made. */
export interface FileField {
  name: string;
  help: string;
  default: string;
  isNeeded: boolean;
}

export interface Fields {
  parameters: ParameterField[];
  inputs: FileField[];
  outputs: FileField[];
}

/** As `provgraph.jobs.definition` tells them apart. */
const WHOLE = new Set([
  'short', 'int', 'long', 'integer', 'unsignedByte', 'unsignedInt', 'nonNegativeInteger',
]);
const NUMBERS = new Set(['float', 'double', 'decimal']);
const FILE = 'application/octet-stream';

export function fieldsOf(job: Definition): Fields {
  const isFile = (name: string) => job.parameters[name]?.xtype === FILE;
  return {
    parameters: job.parameters_keys.filter((name) => !isFile(name))
      .map((name) => parameter(name, job)),
    inputs: [
      ...job.used_keys.map((name) => file(name, job.used[name])),
      ...job.parameters_keys.filter(isFile).map((name) => ({
        name,
        help: plainText(job.parameters[name]?.annotation),
        default: '',
        isNeeded: isRequired(job.parameters[name]?.required),
      })),
    ],
    outputs: job.generated_keys.map((name) => file(name, job.generated[name])),
  };
}

function parameter(name: string, job: Definition): ParameterField {
  const said = job.parameters[name] ?? {};
  const usual = plainText(said.default);
  const [help, unit, min, max] = [said.annotation, said.unit, said.min, said.max].map(
    (each) => plainText(each).trim(),
  ) as [string, string, string, string];
  const options = optionsOf(said.options);
  const kind = kindOf(plainText(said.datatype), usual, options);
  const limits = [unit && `in ${unit}`, rangeText(min, max)].filter(Boolean).join(', ');
  // A browser counts steps of whole numbers from the least one.
  const whole = (bound: string, round: (number: number) => number) => (
    bound && kind === 'whole' ? String(round(Number(bound))) : bound || undefined
  );
  return {
    name,
    help: [help, limits && `(${limits})`].filter(Boolean).join(' '),
    kind,
    default: usual,
    isNeeded: isRequired(said.required) && usual === '',
    min: whole(min, Math.ceil),
    max: whole(max, Math.floor),
    options,
  };
}

function optionsOf(said: Plain): string[] {
  if (Array.isArray(said)) return said.map(plainText);
  return said ? plainText(said).split(',') : [];
}

function rangeText(min: string, max: string): string {
  if (min && max) return `${min} to ${max}`;
  return min ? `at least ${min}` : max && `at most ${max}`;
}

function kindOf(datatype: string, usual: string, options: string[]): FieldKind {
  const type = datatype.replace(/^xs:/, '');
  if (options.length) return 'choice';
  if (WHOLE.has(type)) return 'whole';
  if (NUMBERS.has(type)) return 'number';
  if (type === 'boolean') return 'truth';
  return usual.includes('\n') ? 'lines' : 'text';
}

function file(name: string, said: Definition['used'][string] = {}): FileField {
  const type = plainText(said.content_type);
  const kind = type && type !== FILE ? `(${type})` : '';
  return {
    name,
    help: [plainText(said.annotation).trim(), kind].filter(Boolean).join(' '),
    default: plainText(said.default) || name,
    isNeeded: !/^[0*]/.test(plainText(said.multiplicity)),
  };
}

function isRequired(said: Plain): boolean {
  return String(said ?? true).toLowerCase() !== 'false';
}
