import classes from './side.module.css';

/** Name by name, closer together than in a drawer; what is not known is left out. */
export const Known = ({
  of,
}: {
  of: readonly (readonly [name: string, value: string | null | undefined])[];
}) => (
  <dl className={classes.known}>
    {of.map(
      ([name, value]) =>
        value !== null &&
        value !== undefined &&
        value !== '' && (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
    )}
  </dl>
);
