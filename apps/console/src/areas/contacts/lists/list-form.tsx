import { Stack, Textarea, TextInput } from '@mantine/core';
import { useTexts } from '../../../texts/language.tsx';
import { listsTexts } from './texts.ts';

/** What a list is called, and what for it is. */
export function ListForm({
  description,
  name,
  setDescription,
  setName,
}: {
  name: string;
  setName: (name: string) => void;
  description: string;
  setDescription: (description: string) => void;
}) {
  const say = useTexts(listsTexts);
  return (
    <Stack gap="md">
      <TextInput
        label={say('name')}
        data-autofocus
        required
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={say('description')}
        description={say('descriptionHint')}
        autosize
        minRows={2}
        maxLength={500}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </Stack>
  );
}
