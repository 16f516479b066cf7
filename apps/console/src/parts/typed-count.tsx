import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { partTexts } from './texts.ts';

/** Digits alone: people write a number as they read it, or as they type it. */
export const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/**
 * A number that somebody types before many people are reached, so that they have read how many: `field` asks for it, and
 * `whyNot` says why it does not count yet. `count` null: nobody knows yet how many. `label`: where they are no people.
 */
export function useTypedCount(count: number | null, label?: string) {
  const say = useTexts(partTexts);
  const language = useLanguage();
  const [typed, setTyped] = useState('');
  const isSure = count !== null && digitsOf(typed) === String(count);
  return {
    whyNot: isSure ? undefined : say('typeFirst'),
    field: (
      <TextInput
        label={
          label ??
          (count === null
            ? say('typeCountUnknown')
            : say('typeCount', { count: count.toLocaleString(language) }))
        }
        description={say('typeCountHint')}
        inputMode="numeric"
        autoComplete="off"
        w={360}
        maw="100%"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    ),
  };
}
