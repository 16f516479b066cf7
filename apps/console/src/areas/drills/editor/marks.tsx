import { useTexts } from '../../../texts/language.tsx';
import classes from './editor.module.css';
import { editorTexts } from './texts.ts';

/** How much is wrong, and how much is missing; nothing where all is well. */
export function Marks({ faults, missing }: { faults: number; missing: number }) {
  const say = useTexts(editorTexts);
  return (
    <>
      {faults > 0 && (
        <span className={classes.mark} data-tone="bad">
          {say('faultCount', { count: faults })}
        </span>
      )}
      {missing > 0 && (
        <span className={classes.mark} data-tone="held">
          {say('missingCount', { count: missing })}
        </span>
      )}
    </>
  );
}
