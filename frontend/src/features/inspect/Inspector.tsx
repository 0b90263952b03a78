import '@mantine/dropzone/styles.css';
import { Button, Group, NumberInput, Progress, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconPhotoPlus } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { LooksOut, MethodsOut } from '@/api/types.gen';
import { Facts } from '@/components/Facts';
import { HeatSlider } from '@/components/HeatSlider';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import type { Trust } from '@/components/TrustMark';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';
import { formatNumber } from '@/lib/numbers';
import classes from './Inspector.module.css';
import { type Asked, askedFile, askedSample, canBeAsked, defaultsOf, type Values } from './inspect';
import { LookCard, type Shown } from './LookCard';
import { MethodForm } from './MethodForm';
import { SamplePicker } from './SamplePicker';
import { useLooks } from './use-looks';
import { Zoomed } from './Zoomed';

const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/tiff', 'image/bmp', 'image/gif'];
const TOP = 3;

/** How a picture is to be looked at. */
export interface Wish {
  method: string;
  settings: Values;
  top: number;
}

interface InspectorProps {
  told: MethodsOut;
  /** Chooses the model; above its facts. */
  chooser: ReactNode;
  /** Of whose pool samples can be picked. */
  projectId?: number;
  /** Of the pool, to begin with. */
  sampleIds?: number[];
  trust?: ReadonlyMap<string, Trust>;
  method?: string;
  onMethod?: (name: string) => void;
  look: (asked: Asked, wish: Wish) => Promise<LooksOut>;
}

/** A model, a method, and what the model looks at in pictures that are dropped here. */
export function Inspector({
  told,
  chooser,
  projectId,
  sampleIds,
  trust,
  method: wanted,
  onMethod,
  look,
}: InspectorProps) {
  const [name, setName] = useState(wanted);
  const method = told.methods.find((one) => one.name === name && !one.lacking) ?? firstUsable(told);
  const [values, setValues] = useState<Values>(() => defaultsOf(method));
  const [top, setTop] = useState<number | string>(Math.min(TOP, told.model.classes.length));
  const [shown, setShown] = useState<Shown | null>(null);
  const [picking, setPicking] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const { heat, flip } = useHeat();
  useShortcut(useCallback((event) => event.key === 'h' && flip(), [flip]));
  const count = typeof top === 'number' ? Math.min(Math.max(top, 1), told.model.classes.length) : TOP;
  const ready = canBeAsked(method, values);
  const looking = useMemo(
    () => (ready ? (one: Asked) => look(one, { method: method.name, settings: values, top: count }) : null),
    [ready, look, method.name, values, count],
  );
  const { asked, add, remove, again, clear } = useLooks(looking);
  useEffect(() => {
    if (sampleIds) add(sampleIds.map(askedSample));
  }, [sampleIds, add]);
  const choose = (chosen: string) => {
    const found = told.methods.find((one) => one.name === chosen);
    if (!found) return;
    setName(chosen);
    setValues(defaultsOf(found));
    onMethod?.(chosen);
    again();
  };
  const done = asked.filter((one) => one.state === 'done' || one.state === 'failed').length;
  return (
    <div className={classes.columns}>
      <Stack gap="sm">
        <Panel title="Model">
          {chooser}
          <ModelFacts told={told} />
        </Panel>
        <Panel title="Method">
          <MethodForm
            methods={told.methods}
            layers={told.layers}
            method={method}
            trust={trust}
            values={values}
            onMethod={choose}
            onValues={setValues}
          />
          <Group align="end" justify="space-between" mt="sm">
            <NumberInput
              label="Classes shown"
              description="The likeliest"
              w={120}
              min={1}
              max={told.model.classes.length}
              value={top}
              onChange={setTop}
            />
            <Button onClick={again} disabled={!ready || asked.length === 0}>
              Look again
            </Button>
          </Group>
        </Panel>
      </Stack>
      <Panel
        title={
          asked.length === 0 ? 'What does the model look at?' : `${method.title}: what the model looks at`
        }
        actions={
          <Group gap="sm">
            {asked.length > 0 && <HeatSlider />}
            {projectId !== undefined && (
              <Button variant="default" size="xs" onClick={() => setPicking(true)}>
                Pick samples…
              </Button>
            )}
            {asked.length > 0 && (
              <Button variant="default" size="xs" onClick={clear}>
                Clear
              </Button>
            )}
          </Group>
        }
      >
        <Stack gap="md" style={{ '--heat-opacity': shownOpacity(heat) } as React.CSSProperties}>
          <Dropzone
            accept={IMAGE_TYPES}
            onDrop={(files) => {
              setRefused(null);
              add(files.map(askedFile));
            }}
            onReject={(files) =>
              setRefused(
                `${files.map(({ file }) => file.name).join(', ')}: not a picture of a kind that is read.`,
              )
            }
            inputProps={{ 'aria-label': 'Pictures to look at' }}
          >
            <Group justify="center" gap="sm" py="xs" style={{ pointerEvents: 'none' }}>
              <IconPhotoPlus size={26} stroke={1.5} color="var(--dim)" aria-hidden />
              <div>
                <Text size="sm" fw={600}>
                  Drop pictures, or click to choose
                </Text>
                <Text size="xs" c="dimmed">
                  PNG, JPEG, WebP, TIFF, BMP or GIF. They are not kept.
                </Text>
              </div>
            </Group>
          </Dropzone>
          {refused && (
            <Text size="sm" c="var(--bad)" role="alert">
              {refused}
            </Text>
          )}
          {asked.length > 1 && done < asked.length && (
            <Progress
              value={(100 * done) / asked.length}
              aria-label={`${done} of ${asked.length} looked at`}
            />
          )}
          {asked.map((one) => (
            <LookCard key={one.key} asked={one} onZoom={setShown} onRemove={() => remove(one.key)} />
          ))}
        </Stack>
      </Panel>
      {projectId !== undefined && (
        <SamplePicker
          projectId={projectId}
          opened={picking}
          onClose={() => setPicking(false)}
          onPick={(ids) => add(ids.map(askedSample))}
        />
      )}
      <Zoomed shown={shown} opacity={shownOpacity(heat)} onClose={() => setShown(null)} />
    </div>
  );
}

function firstUsable(told: MethodsOut) {
  const found = told.methods.find((one) => !one.lacking) ?? told.methods[0];
  if (!found) throw new Error('A model can always be asked by hiding parts of a picture.');
  return found;
}

function ModelFacts({ told }: { told: MethodsOut }) {
  const { name, version, made_at, classes: names, metrics } = told.model;
  return (
    <Facts
      facts={[
        ['Model', `${name}, ${version}`],
        ['Made', <Time key="made" at={made_at} />],
        ['Classes', names.join(', ')],
        ...Object.entries(metrics).map(([metric, value]): [string, string] => [
          metric.charAt(0).toUpperCase() + metric.slice(1),
          formatNumber(value, 3),
        ]),
      ]}
    />
  );
}
