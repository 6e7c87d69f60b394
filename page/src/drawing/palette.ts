/** The colours of the drawing: PROV's for files, runs and agents, in light and dark. */

import { useEffect, useState } from 'preact/hooks';
import type { Kind } from '../asking/answers';

export interface Palette {
  fill: Record<Kind, string>;
  line: Record<Kind, string>;
  text: string;
  faint: string;
  arrow: string;
  bad: string;
  badText: string;
  root: string;
  paper: string;
  band: string;
}

export const LIGHT: Palette = {
  fill: { entity: '#FFFC87', activity: '#9FB1FC', agent: '#FED37F' },
  line: { entity: '#77752A', activity: '#3B4CC0', agent: '#B36B00' },
  text: '#16181D',
  faint: '#3D424C',
  arrow: '#767C88',
  bad: '#C62828',
  badText: '#7F0000',
  root: '#16181D',
  paper: '#FFFFFF',
  band: '#F2F4F8',
};

const DARK: Palette = {
  fill: { entity: '#4A4716', activity: '#2A3670', agent: '#5A3D0C' },
  line: { entity: '#CFCB5A', activity: '#9FB1FC', agent: '#FED37F' },
  text: '#F3F4F6',
  faint: '#D3D7DE',
  arrow: '#8D95A3',
  bad: '#FF8A80',
  badText: '#FFB3AC',
  root: '#FFFFFF',
  paper: '#14171C',
  band: '#1C2027',
};

const IS_DARK = window.matchMedia('(prefers-color-scheme: dark)');

/** The palette that the reader's system asks for. */
export function usePalette(): Palette {
  const [isDark, setDark] = useState(IS_DARK.matches);
  useEffect(() => {
    const changed = () => setDark(IS_DARK.matches);
    IS_DARK.addEventListener('change', changed);
    return () => IS_DARK.removeEventListener('change', changed);
  }, []);
  return isDark ? DARK : LIGHT;
}
