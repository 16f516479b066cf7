import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { EnterForm } from './form.tsx';
import { GroupFields, type GroupTerms, useWhyNotYet } from './group-fields.tsx';
import { throttleTexts } from './texts.ts';

/** A limit that campaigns can share. */
export function NewThrottleGroup() {
  const say = useTexts(throttleTexts);
  const navigate = useNavigate();
  const [terms, setTerms] = useState<GroupTerms>({ name: '', most: null, per: 'hour', evenly: true });
  const close = (): void => void navigate({ to: '/campaigns/throttle-groups' });
  const create = useChange('post', '/v1/throttle-groups', {
    touches: ['/v1/throttle-groups'],
    onDone: ({ name }) => {
      void tellDone(say('created', { name }));
      close();
    },
  });
  const whyNot = useWhyNotYet(terms);
  const send = (): void => {
    const { most, name, ...rest } = terms;
    if (whyNot === undefined && most !== null && !create.isPending)
      create.mutate({ body: { ...rest, most, name: name.trim() } });
  };
  return (
    <SideDrawer
      title={say('create')}
      close={close}
      actions={
        <>
          <Action needs="operator" loading={create.isPending} whyNot={whyNot} does={send}>
            {say('createDo')}
          </Action>
          <Button variant="default" onClick={close}>
            {say('cancel')}
          </Button>
        </>
      }
    >
      <EnterForm does={send}>
        <GroupFields terms={terms} change={(part) => setTerms({ ...terms, ...part })} />
        {create.error && <FaultBox error={create.error} />}
      </EnterForm>
    </SideDrawer>
  );
}
