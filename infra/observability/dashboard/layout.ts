import { GRID_COLUMNS, type Widget, type WidgetContent } from './body.ts';

/** A widget that has no place yet. */
export interface Tile {
  width: number;
  height: number;
  content: WidgetContent;
}

/** A heading and what stands under it. */
export interface Section {
  title: string;
  /** What a reader should know, in a sentence or two of Markdown. */
  note: string;
  tiles: readonly Tile[];
}

const HEADING_HEIGHT = 2;

/** Puts sections under each other and their tiles side by side, row by row, none overlapping. */
export function layOut(sections: readonly Section[]): Widget[] {
  const widgets: Widget[] = [];
  let y = 0;
  for (const { title, note, tiles } of sections) {
    const markdown = `## ${title}\n${note}`;
    widgets.push({
      type: 'text',
      properties: { markdown },
      x: 0,
      y,
      width: GRID_COLUMNS,
      height: HEADING_HEIGHT,
    });
    y += HEADING_HEIGHT;
    let x = 0;
    let rowHeight = 0;
    for (const { width, height, content } of tiles) {
      if (x + width > GRID_COLUMNS) {
        y += rowHeight;
        [x, rowHeight] = [0, 0];
      }
      widgets.push({ ...content, x, y, width, height });
      x += width;
      rowHeight = Math.max(rowHeight, height);
    }
    y += rowHeight;
  }
  return widgets;
}
