import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { ListForm } from './list-form.tsx';
import { listsTexts } from './texts.ts';

export function NewList() {
  const say = useTexts(listsTexts);
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useChange('post', '/v1/lists', {
    touches: ['/v1/lists'],
    onDone: (list) => {
      void tellDone(say('created', { name: list.name }));
      void navigate({ to: '/contacts/lists/$listId', params: { listId: list.id } });
    },
  });
  const close = (): void => void navigate({ to: '/contacts/lists' });
  return (
    <FormDrawer
      title={say('create')}
      state={say('createState')}
      close={close}
      doing={say('createDo')}
      isBusy={create.isPending}
      whyNot={name.trim() === '' ? say('nameFirst') : undefined}
      does={() => create.mutate({ body: { name: name.trim(), description } })}
    >
      <ListForm name={name} setName={setName} description={description} setDescription={setDescription} />
      {create.error && <FaultBox error={create.error} />}
    </FormDrawer>
  );
}
