import { Button, Group, List, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ThrottleGroup } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../../api/live/live.tsx';
import { codeOf } from '../../../api/problem.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { EnterForm } from './form.tsx';
import { GroupFields, type GroupTerms, useWhyNotYet } from './group-fields.tsx';
import { Used } from './groups.tsx';
import { throttleTexts } from './texts.ts';
import { useThrottleWords } from './words.ts';

const route = getRouteApi('/campaigns/throttle-groups/$groupId');
const touches = ['/v1/throttle-groups'];

/** A throttle group: its limit, how far it is used, and by which campaigns. */
export function ThrottleGroupDrawer() {
  const say = useTexts(throttleTexts);
  const { groupId: id } = route.useParams();
  const navigate = useNavigate();
  const close = (): void => void navigate({ to: '/campaigns/throttle-groups' });
  const { data, error, refetch } = useQuery(one('/v1/throttle-groups/{id}', { path: { id } }));
  useLiveRefresh('campaigns', ['/v1/throttle-groups/{id}']);
  if (data !== undefined) return <Shown key={id} group={data} close={close} />;
  return (
    <SideDrawer title={say('title')} close={close}>
      {error ? <FaultBox error={error} again={() => void refetch()} /> : <Skeleton height={240} aria-busy />}
    </SideDrawer>
  );
}

const termsOf = ({ evenly, most, name, per }: ThrottleGroup): GroupTerms => ({ name, most, per, evenly });

function Shown({ close, group }: { group: ThrottleGroup; close: () => void }) {
  const say = useTexts(throttleTexts);
  const { limitOf } = useThrottleWords();
  // What somebody changes is what they saw when they began, also where it is read again meanwhile.
  const [begun, setBegun] = useState<ThrottleGroup | null>(null);
  const [changed, setChanged] = useState<Partial<GroupTerms>>({});
  const [isDeleting, setDeleting] = useState(false);
  const seen = begun ?? group;
  const terms = { ...termsOf(seen), ...changed };
  const path = { id: group.id };
  const letGo = (): void => {
    setBegun(null);
    setChanged({});
  };
  const save = useChange('patch', '/v1/throttle-groups/{id}', {
    touches,
    onDone: () => {
      letGo();
      void tellDone(say('saved'));
    },
  });
  const remove = useChange('delete', '/v1/throttle-groups/{id}', {
    touches,
    onDone: () => {
      void tellDone(say('deleted', { name: group.name }));
      close();
    },
  });
  const notYet = useWhyNotYet(terms);
  const isChanged = JSON.stringify(terms) !== JSON.stringify(termsOf(seen));
  const whyNot = isChanged ? notYet : say('nothingChanged');
  const send = (): void => {
    const { most, name, ...rest } = terms;
    if (whyNot === undefined && most !== null && !save.isPending)
      save.mutate({ path, body: { ...rest, most, name: name.trim() }, seen });
  };
  return (
    <SideDrawer
      title={group.name}
      state={<Text size="sm">{limitOf(group)}</Text>}
      close={close}
      actions={
        <>
          <Action needs="operator" loading={save.isPending} whyNot={whyNot} does={send}>
            {say('save')}
          </Action>
          <Action
            needs="operator"
            variant="default"
            leftSection={<IconTrash size={16} aria-hidden />}
            does={() => setDeleting(true)}
          >
            {say('delete')}
          </Action>
        </>
      }
    >
      <Stack gap="lg">
        {isDeleting && (
          <Stack gap="xs">
            <Text size="sm">{say('deleteWhat')}</Text>
            <Group gap="xs">
              <Button
                color="red"
                loading={remove.isPending}
                onClick={() => remove.mutate({ path, seen: group })}
              >
                {say('deleteDo')}
              </Button>
              <Button
                variant="default"
                onClick={() => {
                  remove.reset();
                  setDeleting(false);
                }}
              >
                {say('cancel')}
              </Button>
            </Group>
            {remove.error && <FaultBox error={remove.error} />}
          </Stack>
        )}
        <EnterForm does={send}>
          <GroupFields
            terms={terms}
            change={(part) => {
              setBegun(seen);
              setChanged({ ...changed, ...part });
            }}
          />
          {save.error && (
            <FaultBox
              error={save.error}
              again={
                codeOf(save.error) === 'changed_meanwhile'
                  ? () => {
                      save.reset();
                      letGo();
                    }
                  : send
              }
            />
          )}
        </EnterForm>
        <Stack gap="xs" component="section">
          <Title order={3}>{say('used')}</Title>
          <div>
            <Used of={group} />
          </div>
        </Stack>
        <Stack gap="xs" component="section">
          <Title order={3}>{say('campaigns')}</Title>
          {group.campaigns.length === 0 ? (
            <Text size="sm" c="dimmed">
              {say('noCampaigns')}
            </Text>
          ) : (
            <List size="sm">
              {group.campaigns.map(({ id, name, used, waits }) => (
                <List.Item key={id}>
                  <Link to="/campaigns/$id" params={{ id }}>
                    {name}
                  </Link>
                  <Text size="xs" c="dimmed">
                    {say(waits ? 'campaignWaits' : 'campaignUsed', { used })}
                  </Text>
                </List.Item>
              ))}
            </List>
          )}
        </Stack>
      </Stack>
    </SideDrawer>
  );
}
