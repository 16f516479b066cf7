/** Does something for each, for so many at a time. */
export async function inParts<T>(
  all: readonly T[],
  size: number,
  each: (one: T) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += size) {
    await Promise.all(all.slice(from, from + size).map(each));
  }
}
