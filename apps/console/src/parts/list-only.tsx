import { Anchor } from '@mantine/core';
import { useTexts } from '../texts/language.tsx';
import { partTexts } from './texts.ts';

/** Under the title of a screen that only shows: what is done through the API, and where that is described. */
export function ListOnly({ says }: { says: string }) {
  const say = useTexts(partTexts);
  return (
    <>
      {says}{' '}
      <Anchor href="/v1/docs" target="_blank" inherit underline="always">
        {say('apiReference')}
      </Anchor>
    </>
  );
}
