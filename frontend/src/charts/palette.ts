// A canvas cannot read CSS variables: the chart colours of theme.css once more, as values.

export interface Palette {
  ink: string;
  dim: string;
  line: string;
  surface: string;
  quality: string;
  money: string;
  held: string;
}

const LIGHT: Palette = {
  ink: '#1b1f24',
  dim: '#59616b',
  line: '#dcdfe3',
  surface: '#fdfdfc',
  quality: '#6b3fb4',
  money: '#0b6e5c',
  held: '#6fb7a6',
};

const DARK: Palette = {
  ink: '#e4e7eb',
  dim: '#9aa4b0',
  line: '#31373f',
  surface: '#15181c',
  quality: '#b597f0',
  money: '#4fc3aa',
  held: '#2c7565',
};

export function paletteOf(scheme: 'light' | 'dark'): Palette {
  return scheme === 'dark' ? DARK : LIGHT;
}
