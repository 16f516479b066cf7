import { Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../api/use-change.ts';
import { Action } from '../../parts/action.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useTexts } from '../../texts/language.tsx';
import { newTerms, SenderFields } from './sender-form.tsx';
import { systemTexts } from './texts.ts';

/** A number that texts are to go from. */
export function NewSender() {
  const say = useTexts(systemTexts);
  const navigate = useNavigate();
  const [number, setNumber] = useState('');
  const [terms, setTerms] = useState(newTerms);
  const add = useChange('post', '/v1/senders', {
    touches: ['/v1/senders'],
    onDone: ({ senderNumber }) => {
      void tellDone(say('senderAdded', { number: senderNumber }));
      void navigate({ to: '/system/senders/$number', params: { number: senderNumber } });
    },
  });
  const { segmentsPerSecond, ...rest } = terms;
  return (
    <SideDrawer
      title={say('senderNew')}
      state={say('senderNewState')}
      close={() => void navigate({ to: '/system/senders' })}
      actions={
        <Action
          needs="admin"
          whyNot={number.trim() === '' ? say('senderNumberMissing') : undefined}
          loading={add.isPending}
          does={() =>
            add.mutate({
              body: {
                ...rest,
                senderNumber: number.trim(),
                ...(segmentsPerSecond === null ? {} : { segmentsPerSecond }),
              },
            })
          }
        >
          {say('senderAdd')}
        </Action>
      }
    >
      <Stack gap="sm">
        <TextInput
          label={say('senderNumber')}
          description={say('senderNumberHint')}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
          inputMode="tel"
          maxLength={30}
          data-autofocus
        />
        <SenderFields terms={terms} change={(part) => setTerms((before) => ({ ...before, ...part }))} />
        {add.error && <FaultBox error={add.error} />}
      </Stack>
    </SideDrawer>
  );
}
