import { TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { contactField } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { type Changes, ContactForm, NOTHING_KNOWN } from '../contact-form.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { listTexts } from './texts.ts';

const route = getRouteApi('/contacts/new');

/** One contact, by hand. */
export function NewContact() {
  const say = useTexts(listTexts);
  const word = useWord(contactField);
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const [phoneNumber, setPhoneNumber] = useState('');
  const [changes, setChanges] = useState<Changes>({});
  const create = useChange('post', '/v1/contacts', {
    touches: ['/v1/contacts', '/v1/contact-tags'],
    onDone: ({ id, name, phoneNumber: number }) => {
      void tellDone(say('created', { name: name ?? number }));
      void navigate({ to: '/contacts/$id', params: { id }, search: {} });
    },
  });
  const close = (): void => void navigate({ to: '/contacts', search });
  return (
    <FormDrawer
      title={say('newTitle')}
      state={say('newState')}
      close={close}
      size={620}
      doing={say('create')}
      isBusy={create.isPending}
      whyNot={phoneNumber.trim() === '' ? say('numberFirst') : undefined}
      does={() => create.mutate({ body: { phoneNumber, ...changes } })}
    >
      <TextInput
        label={word('phone_number').says}
        data-autofocus
        required
        inputMode="tel"
        autoComplete="off"
        maxLength={40}
        value={phoneNumber}
        onChange={(event) => setPhoneNumber(event.currentTarget.value)}
      />
      <ContactForm
        of={NOTHING_KNOWN}
        changes={changes}
        change={(more) => setChanges((before) => ({ ...before, ...more }))}
      />
      {create.error && <FaultBox error={create.error} />}
    </FormDrawer>
  );
}
