import { Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { one } from '../../../api/queries.ts';
import { refresh } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { type Changes, ContactForm } from '../contact-form.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { contactTexts } from '../texts.ts';
import { personTexts } from './texts.ts';

const route = getRouteApi('/contacts/$id/edit');

/** What is known of a contact, to be changed: only what somebody changes is sent, if nobody else has changed the contact since. */
export function EditContact() {
  const say = useTexts(personTexts);
  const common = useTexts(contactTexts);
  const cache = useQueryClient();
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = one('/v1/contacts/{id}', { path: { id } });
  const { data: contact, error, refetch } = useQuery(asked);
  const [changes, setChanges] = useState<Changes>({});
  const close = (): void => void navigate({ to: '/contacts/$id', params: { id }, search });
  const save = useChange('patch', '/v1/contacts/{id}', {
    touches: ['/v1/contacts', '/v1/contact-tags', '/v1/people'],
    onDone: () => {
      void tellDone(common('saved'));
      close();
    },
  });
  const isChanged = Object.keys(changes).length > 0;
  const readAgain = (): void => {
    save.reset();
    void refresh(cache, { queryKey: asked.queryKey, exact: true });
  };
  return (
    <FormDrawer
      title={say('editTitle')}
      state={contact?.phoneNumber}
      close={close}
      size={620}
      doing={common('save')}
      isBusy={save.isPending}
      whyNot={isChanged ? undefined : say('nothingChanged')}
      does={() => {
        if (contact !== undefined) save.mutate({ path: { id }, body: changes, seen: contact });
      }}
    >
      {error && contact === undefined && <FaultBox error={error} again={() => void refetch()} />}
      {contact === undefined && !error && <Skeleton height={320} aria-busy />}
      {contact !== undefined && (
        <ContactForm
          autofocus
          of={contact}
          changes={changes}
          change={(more) => setChanges((before) => ({ ...before, ...more }))}
        />
      )}
      {save.error && <FaultBox error={save.error} again={readAgain} />}
    </FormDrawer>
  );
}
