import { Checkbox, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { ConsentGrant } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useNumber } from '../../../parts/use-number.ts';
import { useTexts } from '../../../texts/language.tsx';
import { consentGrant, consentMethod } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { FormDrawer } from '../form-drawer.tsx';
import { consentTouches, useBack } from './drawer-parts.ts';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent/$phone/record');
const methods = ['manual', 'voice', 'email', 'web'] as const;
const grants = ['informational', 'marketing_in_writing', 'artificial_voice'] as const;

/** Consent that somebody gave in another way than by text, with what proves it. */
export function RecordConsent() {
  const say = useTexts(consentTexts);
  const method = useWord(consentMethod);
  const grant = useWord(consentGrant);
  const { phone, place } = useNumber(route.useParams().phone);
  const back = useBack(place);
  const [granted, setGranted] = useState<ConsentGrant[]>(['informational']);
  const [how, setHow] = useState<(typeof methods)[number]>('manual');
  const [wording, setWording] = useState('');
  const [action, setAction] = useState('');
  const record = useChange('post', '/v1/consents', {
    touches: consentTouches,
    onDone: () => {
      void tellDone(say('recordedDone'));
      back();
    },
  });
  const isWhole = wording.trim() !== '' && action.trim() !== '' && granted.length > 0;
  return (
    <FormDrawer
      title={say('record')}
      state={phone}
      close={back}
      doing={say('recordDo')}
      isBusy={record.isPending}
      whyNot={isWhole ? undefined : say('proofFirst')}
      does={() =>
        record.mutate({
          body: {
            phoneNumber: phone,
            granted,
            method: how,
            wording: wording.trim(),
            affirmativeAction: action.trim(),
          },
        })
      }
    >
      <p style={{ margin: 0 }}>{say('recordWhat')}</p>
      <Checkbox.Group
        label={say('granted')}
        value={granted}
        onChange={(value) => setGranted(value as ConsentGrant[])}
      >
        <Stack gap={6} mt={6}>
          {grants.map((value) => (
            <Checkbox key={value} value={value} label={grant(value).says} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Select
        label={say('cameBy')}
        allowDeselect={false}
        data={methods.map((value) => ({ value, label: method(value).says }))}
        value={how}
        onChange={(value) => setHow((value ?? 'manual') as (typeof methods)[number])}
      />
      <Textarea
        label={say('wording')}
        description={say('wordingHint')}
        required
        autosize
        minRows={3}
        maxLength={20_000}
        value={wording}
        onChange={(event) => setWording(event.currentTarget.value)}
      />
      <TextInput
        label={say('did')}
        description={say('didHint')}
        required
        maxLength={500}
        value={action}
        onChange={(event) => setAction(event.currentTarget.value)}
      />
      {record.error && <FaultBox error={record.error} />}
    </FormDrawer>
  );
}
