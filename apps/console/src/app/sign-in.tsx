import { Button, Center, Divider, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask } from '../api/client.ts';
import { keepKey } from '../api/key.ts';
import { codeOf } from '../api/problem.ts';
import { FaultBox } from '../parts/fault-box.tsx';
import { useTexts } from '../texts/language.tsx';
import { useEnvironment } from './me.ts';
import { shellTexts } from './texts.ts';

/** Asks who somebody is: their organisation, where the load balancer can ask it, or an API key. */
export function SignIn() {
  const say = useTexts(shellTexts);
  const cache = useQueryClient();
  const environment = useEnvironment();
  const [key, setKey] = useState('');
  const [fault, setFault] = useState<unknown>(null);

  const signIn = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    keepKey(key.trim());
    try {
      await ask('get', '/v1/me', {});
    } catch (error) {
      keepKey(null);
      setFault(error);
      return;
    }
    await cache.resetQueries();
  };
  const isRefused = codeOf(fault) === 'not_signed_in';

  return (
    <Center mih="100dvh" p="md">
      <Paper component="main" withBorder p="xl" w={380} maw="100%">
        <Stack gap="md">
          <Title order={1}>{say('signInTitle')}</Title>
          {environment?.peopleSignIn && (
            <>
              <Button component="a" href="/v1/sign-in" size="sm">
                {say('signInPeople')}
              </Button>
              <Text size="sm" c="dimmed">
                {say('signInPeopleHint')}
              </Text>
              <Divider label={say('signInOr')} />
            </>
          )}
          {fault !== null && !isRefused && <FaultBox error={fault} />}
          <form onSubmit={(event) => void signIn(event)}>
            <Stack gap="sm">
              <PasswordInput
                label={say('signInKey')}
                description={say('signInKeyHint')}
                value={key}
                onChange={(event) => setKey(event.currentTarget.value)}
                error={isRefused ? say('signInRefused') : undefined}
                autoComplete="off"
                required
              />
              <Button type="submit" size="sm" variant={environment?.peopleSignIn ? 'default' : 'filled'}>
                {say('signInGo')}
              </Button>
            </Stack>
          </form>
        </Stack>
      </Paper>
    </Center>
  );
}
