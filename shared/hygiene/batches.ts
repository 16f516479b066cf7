/** Groups what comes some at a time; the last batch may be smaller, none is empty. */
export async function* inBatches<T>(source: AsyncIterable<readonly T[]>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const some of source) {
    for (const each of some) {
      batch.push(each);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
