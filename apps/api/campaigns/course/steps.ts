/** Steps of time in which a course is told, in seconds: what people read off a clock or a calendar. */
export const steps = [10, 60, 300, 900, 3_600, 21_600, 86_400] as const;

/** Most points of a course. */
export const MOST_POINTS = 240;

/** The shortest step in which a span has no more points than are told. */
export const stepFor = (spanMs: number): number =>
  steps.find((step) => spanMs / 1_000 / step < MOST_POINTS) ?? Math.ceil(spanMs / 1_000 / MOST_POINTS);
