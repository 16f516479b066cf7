import { Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Facts } from '../../../parts/facts.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { useNumber } from '../../../parts/use-number.ts';
import { useTexts } from '../../../texts/language.tsx';
import { consentMethod, reversalReason } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { FormDrawer } from '../form-drawer.tsx';
import { consentTouches, useBack } from './drawer-parts.ts';
import { reasonThatFits } from './reasons.ts';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent/$phone/restore/$changeId');

/** Takes back what was recorded as a revocation and was none, with a reason. */
export function Restore() {
  const say = useTexts(consentTexts);
  const method = useWord(consentMethod);
  const reason = useWord(reversalReason);
  const { changeId, phone: given } = route.useParams();
  const { phone, place } = useNumber(given);
  const back = useBack(place);
  const [explanation, setExplanation] = useState('');
  const { data, error } = useQuery(
    one('/v1/consents/{phone}', { path: { phone }, query: { limit: PAGE_ROWS } }),
  );
  const change = data?.history.find(({ id }) => id === changeId);
  const restore = useChange('post', '/v1/consents/{phone}/restore', {
    touches: consentTouches,
    onDone: ({ blocked }) => {
      void tellDone(say(blocked ? 'restoredStill' : 'restored'));
      back();
    },
  });
  const whyNot =
    change === undefined ? say('noSuchChange') : explanation.trim() === '' ? say('explainFirst') : undefined;
  return (
    <FormDrawer
      title={say('restoreTitle')}
      state={phone}
      close={back}
      doing={say('restoreDo')}
      isBusy={restore.isPending}
      whyNot={whyNot}
      does={() => {
        if (change === undefined) return;
        restore.mutate({
          path: { phone },
          body: { changeId, reason: reasonThatFits(change), explanation: explanation.trim() },
        });
      }}
    >
      {error && <FaultBox error={error} />}
      {data === undefined && !error && <Skeleton height={160} aria-busy />}
      {data !== undefined && change === undefined && <Text c="dimmed">{say('noSuchChange')}</Text>}
      {change !== undefined && (
        <Stack gap="md">
          <Facts
            of={[
              [say('how'), method(change.method).says],
              [say('asked'), <Time key="asked" at={change.requestedAt} />],
              [say('theirWords'), change.originalMessage],
              [say('recordedBy'), change.actor],
              [say('reason'), reason(reasonThatFits(change)).says],
            ]}
          />
          <p style={{ margin: 0 }}>{say(`restore_${reasonThatFits(change)}`)}</p>
          <Textarea
            label={say('explanation')}
            description={say('explanationHint')}
            data-autofocus
            required
            autosize
            minRows={3}
            maxLength={1_000}
            value={explanation}
            onChange={(event) => setExplanation(event.currentTarget.value)}
          />
          {restore.error && <FaultBox error={restore.error} />}
        </Stack>
      )}
    </FormDrawer>
  );
}
