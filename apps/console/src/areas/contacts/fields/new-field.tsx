import { Button, Code, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ContactField } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { fieldType } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { contactTexts } from '../texts.ts';
import { nameOf, placeholderOf } from './placeholder.ts';
import { fieldTexts } from './texts.ts';

/** A field more of contacts: what it is called, and what its values are. */
export function NewField() {
  const say = useTexts(fieldTexts);
  const common = useTexts(contactTexts);
  const word = useWord(fieldType);
  const navigate = useNavigate();
  const [label, setLabel] = useState('');
  const [named, setNamed] = useState<string | null>(null);
  const [type, setType] = useState<ContactField['type']>('text');
  const [choices, setChoices] = useState<string[]>([]);
  const name = named ?? nameOf(label);
  const close = (): void => void navigate({ to: '/contacts/fields' });
  const create = useChange('post', '/v1/contact-fields', {
    touches: ['/v1/contact-fields'],
    onDone: (field) => {
      void tellDone(say('created', { name: field.label }));
      close();
    },
  });
  const whyNot =
    label.trim() === '' || name === ''
      ? say('labelFirst')
      : type === 'choice' && choices.length === 0
        ? say('choicesFirst')
        : undefined;
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (whyNot !== undefined) return;
    create.mutate({ body: { name, label: label.trim(), type, choices: type === 'choice' ? choices : [] } });
  };
  return (
    <SideDrawer
      title={say('create')}
      state={say('createState')}
      close={close}
      actions={
        <>
          <Action needs="operator" loading={create.isPending} whyNot={whyNot} does={() => send()}>
            {say('createDo')}
          </Action>
          <Button variant="default" onClick={close}>
            {common('cancel')}
          </Button>
        </>
      }
    >
      <form onSubmit={send}>
        <Stack gap="md">
          <TextInput
            label={say('label')}
            description={say('labelHint')}
            data-autofocus
            required
            maxLength={200}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <Select
            label={say('type')}
            description={say('typeHint')}
            allowDeselect={false}
            data={Object.keys(fieldType).map((value) => ({ value, label: word(value).says }))}
            value={type}
            onChange={(value) => setType((value ?? 'text') as ContactField['type'])}
          />
          {type === 'choice' && (
            <TagsInput
              size="xs"
              label={say('choices')}
              description={say('choicesHint')}
              required
              splitChars={[]}
              maxTags={200}
              value={choices}
              onChange={setChoices}
            />
          )}
          <TextInput
            label={say('name')}
            description={say('nameHint')}
            maxLength={40}
            value={name}
            onChange={(event) => setNamed(event.currentTarget.value)}
          />
          {name !== '' && (
            <Text size="sm" c="dimmed">
              {say('inTextsAs')} <Code>{placeholderOf(name)}</Code>
            </Text>
          )}
          {create.error && <FaultBox error={create.error} />}
          <button type="submit" hidden />
        </Stack>
      </form>
    </SideDrawer>
  );
}
