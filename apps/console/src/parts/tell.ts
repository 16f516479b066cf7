/** Says things at the edge of the screen. What draws them is fetched when there is first something to say. */
const drawn = () => import('./told.tsx');

/** Says that something was done. */
export async function tellDone(message: string): Promise<void> {
  (await drawn()).tell({ message, color: 'teal', autoClose: 5_000 });
}

/** Says that something failed; it stays until somebody has read it. `title` says what, `message` why and what to do. */
export async function tellFault(title: string, message: string): Promise<void> {
  (await drawn()).tell({ title, message, color: 'red', autoClose: false });
}
