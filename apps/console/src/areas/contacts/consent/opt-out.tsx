import { Checkbox, Select, Textarea } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useNumber } from '../../../parts/use-number.ts';
import { useTexts } from '../../../texts/language.tsx';
import { consentMethod } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { FormDrawer } from '../form-drawer.tsx';
import { consentTouches, useBack } from './drawer-parts.ts';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent/$phone/opt-out');
const methods = ['email', 'voice', 'web', 'manual'] as const;

/** A request to stop that came in otherwise than by text. */
export function OptOut() {
  const say = useTexts(consentTexts);
  const method = useWord(consentMethod);
  const { phone, place } = useNumber(route.useParams().phone);
  const back = useBack(place);
  const [how, setHow] = useState<(typeof methods)[number]>('email');
  const [words, setWords] = useState('');
  const [hasMore, setHasMore] = useState(false);
  const optOut = useChange('post', '/v1/consents/{phone}/opt-out', {
    touches: consentTouches,
    onDone: ({ messagesBlocked }) => {
      void tellDone(say('optedOut', { count: messagesBlocked }));
      back();
    },
  });
  return (
    <FormDrawer
      title={say('optOutTitle')}
      state={phone}
      close={back}
      doing={say('optOutDo')}
      isGrave
      isBusy={optOut.isPending}
      whyNot={words.trim() === '' ? say('wordsFirst') : undefined}
      does={() =>
        optOut.mutate({
          path: { phone },
          body: {
            method: how,
            originalMessage: words.trim(),
            status: hasMore ? 'pending_opt_out' : 'opted_out',
          },
        })
      }
    >
      <p style={{ margin: 0 }}>{say('optOutWhat')}</p>
      <Select
        label={say('cameBy')}
        allowDeselect={false}
        data={methods.map((value) => ({ value, label: method(value).says }))}
        value={how}
        onChange={(value) => setHow((value ?? 'email') as (typeof methods)[number])}
      />
      <Textarea
        label={say('theirWords')}
        description={say('theirWordsHint')}
        data-autofocus
        required
        autosize
        minRows={3}
        maxLength={5_000}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Checkbox
        label={say('hasMore')}
        description={say('hasMoreHint')}
        checked={hasMore}
        onChange={(event) => setHasMore(event.currentTarget.checked)}
      />
      {optOut.error && <FaultBox error={optOut.error} />}
    </FormDrawer>
  );
}
