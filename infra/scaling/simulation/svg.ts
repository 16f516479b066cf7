/** The few shapes that a drawing over a day needs, as SVG text. Coordinates in pixels, one decimal. */

export interface Line {
  label: string;
  colour: string;
  /** One value per minute of the day. */
  values: readonly number[];
}

export interface Panel {
  title: string;
  unit: string;
  height: number;
  lines: readonly Line[];
  /** A dashed line at what is aimed at. */
  aim?: { value: number; label: string };
  /** `area`: filled to the ground; `steps`: whole numbers that hold until they change. */
  style: 'area' | 'steps';
}

const WIDTH = 960;
const LEFT = 64;
const RIGHT = 24;
const TOP = 64;
const TITLE = 34;
const GAP = 18;
const AXIS = 30;
const MINUTES = 1_440;
const INK = '#24292f';
const FAINT = '#6e7781';
const RULE = '#e4e8ec';
const FONT = 'font-family="Helvetica, Arial, sans-serif"';

const x = (minute: number): number => LEFT + (minute / MINUTES) * (WIDTH - LEFT - RIGHT);
const px = (value: number): string => value.toFixed(1).replace(/\.0$/, '');
const text = (at: { x: number; y: number }, content: string, style = ''): string =>
  `<text x="${px(at.x)}" y="${px(at.y)}" ${FONT} ${style}>${content}</text>`;

/** Panels under each other on one time axis. Deterministic: equal panels give equal text. */
export function drawing(title: string, subtitle: string, panels: readonly Panel[]): string {
  const height = TOP + panels.reduce((sum, panel) => sum + TITLE + panel.height + GAP, 0) + AXIS;
  const parts: string[] = [];
  let y = TOP;
  for (const panel of panels) {
    parts.push(drawPanel(panel, y));
    y += TITLE + panel.height + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text({ x: LEFT, y: 30 }, title, `font-size="18" font-weight="bold" fill="${INK}"`),
    text({ x: LEFT, y: 49 }, subtitle, `font-size="12" fill="${FAINT}"`),
    ...parts,
    hours(y - GAP + 16),
    '</svg>',
    '',
  ].join('\n');
}

function hours(y: number): string {
  return Array.from({ length: 9 }, (_, i) => i * 3)
    .map((hour) =>
      text(
        { x: x(hour * 60), y },
        `${String(hour).padStart(2, '0')}:00`,
        `font-size="11" fill="${FAINT}" text-anchor="middle"`,
      ),
    )
    .join('\n');
}

function drawPanel(panel: Panel, y: number): string {
  const ground = y + TITLE + panel.height;
  const { most, ticks } = scale(
    Math.max(panel.aim?.value ?? 0, ...panel.lines.flatMap(({ values }) => values)),
    panel.style === 'steps' ? 2 : 4,
  );
  const at = (value: number): number => ground - (value / most) * panel.height;
  const grid = Array.from({ length: 9 }, (_, i) => i * 180).map(
    (minute) =>
      `<path d="M${px(x(minute))} ${px(y + TITLE)}V${px(ground)}" stroke="${RULE}" stroke-width="1"/>`,
  );
  const rules = ticks.map(
    (tick) =>
      `<path d="M${LEFT} ${px(at(tick))}H${WIDTH - RIGHT}" stroke="${RULE}" stroke-width="1"/>\n${text(
        { x: LEFT - 8, y: at(tick) + 4 },
        String(tick),
        `font-size="11" fill="${FAINT}" text-anchor="end"`,
      )}`,
  );
  const drawn = panel.lines.map((line) => drawLine(line, panel.style, at, ground));
  return [
    text(
      { x: LEFT, y: y + 22 },
      `${panel.title}<tspan dx="8" font-size="11" font-weight="normal" fill="${FAINT}">${panel.unit}</tspan>`,
      `font-size="13" font-weight="bold" fill="${INK}"`,
    ),
    legend(panel.lines, y + 22),
    ...grid,
    ...rules,
    ...drawn,
    ...(panel.aim ? [aimLine(panel.aim, at(panel.aim.value))] : []),
  ].join('\n');
}

function aimLine(aim: { label: string }, y: number): string {
  return [
    `<path d="M${LEFT} ${px(y)}H${WIDTH - RIGHT}" stroke="${INK}" stroke-width="1" stroke-dasharray="4 4"/>`,
    text({ x: LEFT + 6, y: y - 5 }, aim.label, `font-size="11" fill="${INK}"`),
  ].join('\n');
}

function legend(lines: readonly Line[], y: number): string {
  if (lines.length < 2) return '';
  let right = WIDTH - RIGHT;
  return lines
    .toReversed()
    .map(({ label, colour }) => {
      right -= label.length * 6.4 + 26;
      return [
        `<rect x="${px(right)}" y="${y - 9}" width="10" height="10" rx="2" fill="${colour}"/>`,
        text({ x: right + 15, y }, label, `font-size="11" fill="${INK}"`),
      ].join('\n');
    })
    .join('\n');
}

function drawLine(
  { values, colour }: Line,
  style: Panel['style'],
  at: (value: number) => number,
  ground: number,
): string {
  const line = style === 'steps' ? stepPath(values, at) : pointPath(values, at);
  const area = `${line}V${px(ground)}H${px(x(0))}Z`;
  return [
    `<path d="${area}" fill="${colour}" fill-opacity="0.18"/>`,
    `<path d="${line}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"/>`,
  ].join('\n');
}

/** The largest value of every three minutes: a peak is never drawn lower than it was. */
const STRIDE = 3;

function pointPath(values: readonly number[], at: (value: number) => number): string {
  const points: string[] = [];
  for (let minute = 0; minute < values.length; minute += STRIDE) {
    const value = Math.max(...values.slice(minute, minute + STRIDE));
    points.push(`${px(x(minute + STRIDE / 2))} ${px(at(value))}`);
  }
  return `M${px(x(0))} ${px(at(values[0] ?? 0))}L${points.join('L')}H${px(x(MINUTES))}`;
}

function stepPath(values: readonly number[], at: (value: number) => number): string {
  let path = `M${px(x(0))} ${px(at(values[0] ?? 0))}`;
  values.forEach((value, minute) => {
    if (minute > 0 && value !== values[minute - 1]) path += `H${px(x(minute))}V${px(at(value))}`;
  });
  return `${path}H${px(x(MINUTES))}`;
}

/** Round ticks from 0 to a little above the largest value. */
export function scale(largest: number, wanted: number): { most: number; ticks: readonly number[] } {
  const rough = Math.max(largest, 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power;
  const whole = Math.max(1, step);
  const count = Math.ceil(Math.max(largest, 1) / whole);
  return { most: count * whole, ticks: Array.from({ length: count + 1 }, (_, i) => i * whole) };
}
