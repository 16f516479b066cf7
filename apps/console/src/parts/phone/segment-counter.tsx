import { Button, Group, Text } from '@mantine/core';
import { segmentsOf } from '#shared/texts/segments.ts';
import { useTexts } from '../../texts/language.tsx';
import { partTexts } from '../texts.ts';
import { inPlainLetters, specialCharacters } from './characters.ts';

/** Characters, segments and encoding of a text as the carrier counts them, and what makes it longer than it need be. */
export function SegmentCounter({
  text,
  replace,
}: {
  text: string /** Takes the text in plain letters. */;
  replace?: (text: string) => void;
}) {
  const say = useTexts(partTexts);
  const { encoding, segments, units } = segmentsOf(text);
  const special = encoding === 'UCS-2' ? specialCharacters(text) : [];
  const plain = special.length > 0 ? inPlainLetters(text) : null;
  return (
    <div aria-live="polite">
      <Text size="xs" c="dimmed">
        {[
          say('characters', { count: units }),
          say('segments', { count: segments }),
          say(encoding === 'GSM-7' ? 'encodingGsm' : 'encodingUcs'),
        ].join(' · ')}
      </Text>
      {special.length > 0 && (
        <Group gap="xs">
          <Text size="xs" c="var(--c-held-text)">
            {say('ucsHint', { characters: special.join(' ') })}
          </Text>
          {plain !== null && replace && (
            <Button size="compact-xs" variant="default" onClick={() => replace(plain)}>
              {say('replaceThem')}
            </Button>
          )}
        </Group>
      )}
    </div>
  );
}
