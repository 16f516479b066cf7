/** One value per row of a table of the topology, under the row's name and in the table's order. */
export function byName<Name extends string, Row, Value>(
  rows: Readonly<Record<Name, Row>>,
  make: (name: Name, row: Row) => Value,
): Readonly<Record<Name, Value>> {
  const entries = Object.entries<Row>(rows) as [Name, Row][];
  return Object.fromEntries(entries.map(([name, row]) => [name, make(name, row)])) as Record<Name, Value>;
}
