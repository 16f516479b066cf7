import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import {
  type DialogEventBatch,
  type DialogEventType,
  dialogEventBatchSchema,
} from '#shared/contracts/dialog-events.ts';
import { type DialogState, dialogStateSchema, initialState } from '#shared/contracts/dialog-state.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { runs } from '#test/properties/runs.ts';
import { anyCommand, factsFor, people } from './any-command.ts';
import { evolveBatch, rebuild } from './evolve.ts';
import { type CommandBatch, executeBatch } from './execute-batch.ts';
import { id, now, person, personWith, startOf, texted } from './sample-dialog.ts';

const commands = fc.array(anyCommand, { maxLength: 60, size: 'max' });
const suppressedNumbers = fc.subarray(people, { maxLength: 1 }).map((numbers) => new Set<string>(numbers));

function run(
  list: CommandBatch['commands'],
  suppressed: ReadonlySet<string>,
  states: ReadonlyMap<PhoneNumber, DialogState> = new Map(),
  processed: ReadonlySet<string> = new Set(),
) {
  return executeBatch({
    states,
    versions: new Map(),
    commands: list,
    processed,
    factsOf: factsFor(suppressed),
    now,
  });
}

const ofPerson = (batches: readonly DialogEventBatch[], phone: PhoneNumber) =>
  batches.filter((batch) => batch.phoneNumber === phone);

describe('executing a batch of commands', () => {
  it('does nothing for a command that was executed before, or earlier in the batch', () => {
    const stop = texted('stop', { consent: 'opted_out' });
    const suppressed = new Set([person]);
    const first = run([stop, stop], suppressed);
    assert.equal(first.batches.length, 1);
    assert.deepEqual(first.processed, [stop.commandId]);
    const again = run([stop], suppressed, first.changed, new Set(first.processed));
    assert.deepEqual(again, { changed: new Map(), batches: [], processed: [], refused: [] });
  });

  it('remembers a command that came to nothing', () => {
    const states = new Map([[person, personWith({ optedOut: true })]]);
    const result = run([texted('hello')], new Set(), states);
    assert.deepEqual(result, {
      changed: new Map(),
      batches: [],
      processed: [texted('hello').commandId],
      refused: [],
    });
  });

  it('says which commands were refused, and why, once', () => {
    const unknown = startOf('no-such-drill', id(900), 1);
    const gone = startOf('vaccines', id(901), 3);
    const states = new Map([[person, personWith()]]);
    const { refused } = run([unknown, unknown], new Set(), states);
    assert.deepEqual(refused, [{ command: unknown, reason: 'unknown_drill' }]);
    const stop = texted('stop', { consent: 'opted_out' }, 2);
    const after = run([stop, gone], new Set([person]), states);
    assert.deepEqual(after.refused, [{ command: gone, reason: 'opted_out' }]);
  });

  it('hands each command the state that the one before left', () => {
    const result = run([texted('CLEAN2026', undefined, 1), texted('more', undefined, 2)], new Set());
    assert.deepEqual(
      result.batches.map((batch) => [batch.version, batch.events[0]?.type]),
      [
        [1, 'USER_VALIDATED'],
        [2, 'NEXT_DRILL_REQUESTED'],
      ],
    );
  });
});

describe('for all sequences of commands', () => {
  it('the generated commands are as the contract wants them, and reach every type of event', () => {
    const reached = new Set<DialogEventType>();
    const sample = fc.sample(commands, runs(800));
    for (const list of sample) {
      for (const command of list) dialogCommandSchema.parse(command);
      for (const suppressed of [new Set<string>(), new Set<string>(people)]) {
        for (const { events } of run(list, suppressed).batches) {
          for (const { type } of events) reached.add(type);
        }
      }
    }
    const all = dialogEventBatchSchema.shape.events.element.options.map((option) => option.shape.type.value);
    // No word of the sample programme asks for a dashboard in the generator's texts.
    assert.deepEqual(
      all.filter((type) => !reached.has(type)),
      ['DASHBOARD_REQUESTED'],
    );
  });

  it('the state is the fold of all events from the beginning, and reads back from JSON', () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, (list, suppressed) => {
        const { changed, batches } = run(list, suppressed);
        for (const [phone, state] of changed) {
          const own = ofPerson(batches, phone);
          assert.deepEqual(own.reduce<DialogState>(evolveBatch, initialState(phone, 'en')), state);
          assert.deepEqual(rebuild(own), state);
          assert.deepEqual(dialogStateSchema.parse(JSON.parse(JSON.stringify(state))), state);
        }
        assert.deepEqual(new Set(batches.map((batch) => batch.phoneNumber)), new Set(changed.keys()));
      }),
    );
  });

  it('versions grow by exactly one, and every batch is as the contract wants it', () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, (list, suppressed) => {
        const { batches } = run(list, suppressed);
        for (const phone of people) {
          ofPerson(batches, phone).forEach((batch, index) => {
            assert.equal(batch.version, index + 1);
            dialogEventBatchSchema.parse(JSON.parse(JSON.stringify(batch)));
          });
        }
        const ids = batches.flatMap((batch) => [
          batch.batchId,
          ...batch.events.map((event) => event.eventId),
        ]);
        assert.equal(new Set(ids).size, ids.length);
      }),
    );
  });

  it('profiles join without a gap: after one batch as before the next', () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, (list, suppressed) => {
        const { batches } = run(list, suppressed);
        for (const phone of people) {
          const own = ofPerson(batches, phone);
          own.slice(1).forEach((batch, index) => {
            assert.deepEqual(batch.profileBefore, own[index]?.profileAfter);
          });
        }
      }),
    );
  });

  it('executing any prefix again, with what was stored after all of it, is a no-op', () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, fc.nat(60), (list, suppressed, length) => {
        const { changed, processed } = run(list, suppressed);
        const again = run(list.slice(0, length), suppressed, changed, new Set(processed));
        assert.deepEqual(again, { changed: new Map(), batches: [], processed: [], refused: [] });
      }),
    );
  });

  it('cutting the stream into batches anywhere gives the same events and states', () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, fc.nat(60), (list, suppressed, cut) => {
        const whole = run(list, suppressed);
        const first = run(list.slice(0, cut), suppressed);
        const rest = run(list.slice(cut), suppressed, first.changed, new Set(first.processed));
        assert.deepEqual([...first.batches, ...rest.batches], whole.batches);
        assert.deepEqual(new Map([...first.changed, ...rest.changed]), whole.changed);
      }),
    );
  });

  it("people do not touch each other: one person's commands alone give the same batches", () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, (list, suppressed) => {
        // A repeated id belongs to the person who was first to use it.
        const firstUse = list.filter(
          (command, index) => list.findIndex(({ commandId }) => commandId === command.commandId) === index,
        );
        const together = run(firstUse, suppressed).batches;
        for (const phone of people) {
          const alone = run(
            firstUse.filter((command) => command.phoneNumber === phone),
            suppressed,
          ).batches;
          assert.deepEqual(alone, ofPerson(together, phone));
        }
      }),
    );
  });

  it('nothing starts for anybody who is opted out or suppressed', () => {
    const starting: readonly DialogEventType[] = [
      'DRILL_STARTED',
      'REMINDER_TRIGGERED',
      'AD_HOC_MESSAGE_SENT',
    ];
    fc.assert(
      fc.property(commands, suppressedNumbers, (list, suppressed) => {
        for (const { events, profileBefore, phoneNumber } of run(list, suppressed).batches) {
          if (!profileBefore.optedOut && !suppressed.has(phoneNumber)) continue;
          assert.ok(!events.some((event) => starting.includes(event.type)));
        }
      }),
    );
  });

  it('drill, instance and prompt are all there or all absent after a command', () => {
    fc.assert(
      fc.property(commands, suppressedNumbers, (list, suppressed) => {
        for (const { currentDrill, drillInstanceId, currentPrompt } of run(
          list,
          suppressed,
        ).changed.values()) {
          const present = [currentDrill, drillInstanceId, currentPrompt].map((part) => part !== null);
          assert.equal(new Set(present).size, 1);
        }
      }),
    );
  });
});
