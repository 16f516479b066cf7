import { Textarea } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useNumber } from '../../../parts/use-number.ts';
import { useTexts } from '../../../texts/language.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { consentTouches, useBack } from './drawer-parts.ts';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent/$phone/complete/$scope');

/** A pending request to stop was carried through everywhere. */
export function CompleteOptOut() {
  const say = useTexts(consentTexts);
  const { scope, phone: given } = route.useParams();
  const { phone, place } = useNumber(given);
  const back = useBack(place);
  const [note, setNote] = useState('');
  const complete = useChange('post', '/v1/consents/{phone}/complete', {
    touches: consentTouches,
    onDone: () => {
      void tellDone(say('completed'));
      back();
    },
  });
  return (
    <FormDrawer
      title={say('carriedThrough')}
      state={phone}
      close={back}
      doing={say('completeDo')}
      isBusy={complete.isPending}
      whyNot={note.trim() === '' ? say('noteFirst') : undefined}
      does={() => complete.mutate({ path: { phone }, body: { scope, note: note.trim() } })}
    >
      <p style={{ margin: 0 }}>{say('completeWhat')}</p>
      <Textarea
        label={say('note')}
        data-autofocus
        required
        autosize
        minRows={3}
        maxLength={1_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {complete.error && <FaultBox error={complete.error} />}
    </FormDrawer>
  );
}
