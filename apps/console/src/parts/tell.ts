/** Says things at the edge of the screen. What draws them is fetched when there is first something to say. */
const drawn = () => import('./told.tsx');

/** How long what was done is said; longer where it can be undone, for whoever reads first. ms. */
const SHOWN_MS = 5_000;
const UNDOABLE_MS = 15_000;

/** Says that something was done. `undo`: what takes it back when somebody presses Undo, once. */
export async function tellDone(message: string, undo?: () => void): Promise<void> {
  const { tell, tellUndoable } = await drawn();
  if (undo === undefined) tell({ message, color: 'teal', autoClose: SHOWN_MS });
  else tellUndoable(message, undo, { color: 'teal', autoClose: UNDOABLE_MS });
}

/** Says that something failed; it stays until somebody has read it. `title` says what, `message` why and what to do. */
export async function tellFault(title: string, message: string): Promise<void> {
  (await drawn()).tell({ title, message, color: 'red', autoClose: false });
}
