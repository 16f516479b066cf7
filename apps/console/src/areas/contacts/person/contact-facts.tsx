import { Badge, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AnswerOfContact, Contact } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useFields } from '../../../parts/contact-filter/use-fields.ts';
import { Facts } from '../../../parts/facts.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Section } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { Time } from '../../../parts/time.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { contactField, lineType } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { ValueOf } from '../value.tsx';
import classes from './person.module.css';
import { personTexts } from './texts.ts';

/** What is known of a contact, with what of it they said themselves in a lesson. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const say = useTexts(personTexts);
  const word = useWord(contactField);
  const language = useLanguage();
  const fields = useFields();
  const path = { id: contact.id };
  const lists = useQuery(one('/v1/contacts/{id}/lists', { path })).data?.items;
  const answers = useQuery(one('/v1/contacts/{id}/answers', { path })).data?.items ?? [];
  const told = (field: string, value: ReactNode): ReactNode => {
    const answer = answers.find((each) => each.field === field);
    if (answer === undefined) return value;
    return (
      <>
        {value}
        <Told answer={answer} />
      </>
    );
  };
  const known = (field: keyof typeof contactField, value: ReactNode) =>
    [word(field).says, told(field, value)] as const;
  return (
    <>
      <Section title={say('about')}>
        <Facts
          of={[
            known('phone_number', contact.phoneNumber),
            known('external_id', contact.externalId),
            known('language', contact.language && languageName(contact.language, language)),
            known('time_zone', contact.timeZone),
            known('state', contact.state),
            known('postal_code', contact.postalCode),
            known('line_type', contact.lineType && <Status words={lineType} of={contact.lineType} plain />),
            [
              word('tags').says,
              contact.tags.length > 0 && (
                <Group gap={4}>
                  {contact.tags.map((tag) => (
                    <Badge
                      key={tag}
                      renderRoot={(props) => <Link {...props} to="/contacts" search={{ tag }} />}
                      variant="outline"
                      color="gray"
                      tt="none"
                      fw={500}
                      styles={{ root: { cursor: 'pointer', color: 'var(--c-text)' } }}
                    >
                      {tag}
                    </Badge>
                  ))}
                </Group>
              ),
            ],
            known('last_reply_at', contact.lastReplyAt && <Time at={contact.lastReplyAt} />),
            known('created_at', <Time at={contact.createdAt} />),
            known('updated_at', <Time at={contact.updatedAt} />),
          ]}
        />
      </Section>
      {fields.length > 0 && (
        <Section title={say('fields')}>
          {fields.some(({ name }) => contact.attributes[name] !== undefined) ? (
            <Facts
              of={fields.map((field) => {
                const value = contact.attributes[field.name];
                return [
                  field.label,
                  value !== undefined && told(field.name, <ValueOf field={field} value={value} />),
                ] as const;
              })}
            />
          ) : (
            <Text size="sm" c="dimmed">
              {say('noFields')}
            </Text>
          )}
        </Section>
      )}
      <Section title={say('lists')}>
        {lists !== undefined && lists.length === 0 ? (
          <Text size="sm" c="dimmed">
            {say('noLists')}
          </Text>
        ) : (
          <ul className={classes.onLists}>
            {(lists ?? []).map(({ addedAt, id, name }) => (
              <li key={id}>
                <Link to="/contacts" search={{ list: id }} className={classes.link}>
                  {name}
                </Link>
                <Text span size="sm" c="dimmed">
                  {say('since')} <Time at={addedAt} as="day" />
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

/** That a value is what they answered, or what else they answered. */
function Told({ answer: { answer, answeredAt, drill, isCurrent } }: { answer: AnswerOfContact }) {
  const say = useTexts(personTexts);
  return (
    <Text size="xs" c="dimmed" component="div">
      {isCurrent ? say('toldNow', { drill: drill ?? say('aLesson') }) : say('toldElse', { answer })}{' '}
      <Time at={answeredAt} as="ago" />
    </Text>
  );
}
