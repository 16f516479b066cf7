import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import classes from './thread.module.css';

const touches = ['/v1/conversations', '/v1/conversation-counts', '/v1/consents', '/v1/people', '/v1/reviews'];

/** A text that may opt out: somebody says whether it does, and why. */
export function ReviewBox({ review }: { review: NonNullable<Conversation['review']> }) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const [reason, setReason] = useState('');
  const onError = useTellWhy();
  const judged = (done: 'judgedOptOut' | 'judgedNone') => ({
    touches,
    onDone: () => {
      setReason('');
      void tellDone(say(done));
    },
  });
  const confirm = useChange('post', '/v1/reviews/{id}/confirm', judged('judgedOptOut'));
  const dismiss = useChange('post', '/v1/reviews/{id}/dismiss', judged('judgedNone'));
  const given = { path: { id: review.id }, body: { reason: reason.trim() } };
  const whyNot = reason.trim() === '' ? say('reviewNeedsReason') : undefined;
  const isBusy = confirm.isPending || dismiss.isPending;
  const day = new Intl.DateTimeFormat(language, { timeZone: 'UTC', dateStyle: 'long' });
  return (
    <div className={classes.review}>
      <Notice tone="held" title={say('reviewTitle')}>
        <Stack gap="xs">
          <Text size="sm" className={classes.words}>
            {say('reviewText', { text: review.text })}
          </Text>
          <Text size="sm" c="dimmed">
            {say(review.suppressed ? 'reviewSuppressed' : 'reviewNot', {
              day: day.format(new Date(review.deadline)),
            })}
          </Text>
          <Group gap="xs" align="flex-end">
            <TextInput
              aria-label={say('reviewReason')}
              placeholder={say('reviewReason')}
              className={classes.reviewReason}
              maxLength={1_000}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Action
              needs="operator"
              color="red"
              whyNot={whyNot}
              loading={isBusy}
              does={() => confirm.mutate(given, { onError })}
            >
              {say('reviewIs')}
            </Action>
            <Action
              needs="operator"
              variant="default"
              whyNot={whyNot}
              loading={isBusy}
              does={() => dismiss.mutate(given, { onError })}
            >
              {say('reviewIsNot')}
            </Action>
          </Group>
        </Stack>
      </Notice>
    </div>
  );
}
