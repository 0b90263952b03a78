import { ActionIcon, Anchor, Group, Loader, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { LookOut, MapOut } from '@/api/types.gen';
import { SampleLink } from '@/components/SampleLink';
import { formatShare } from '@/lib/numbers';
import type { Asked } from './inspect';
import classes from './LookCard.module.css';

/** What can be shown large: a picture, and perhaps a map over it. */
export interface Shown {
  title: string;
  picture: string;
  heat?: string;
  ratio: number;
}

interface LookCardProps {
  asked: Asked;
  onZoom: (shown: Shown) => void;
  onRemove: () => void;
}

/** One picture side by side: as it came, as the model sees it, what the method does to it, and a map for each class. */
export function LookCard({ asked, onZoom, onRemove }: LookCardProps) {
  return (
    <article data-testid="look" data-state={asked.state}>
      <Group justify="space-between" mb={4}>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {asked.look?.name ?? asked.name}
          </Text>
          {asked.sampleId !== undefined && <SampleLink id={asked.sampleId}>All about this sample</SampleLink>}
          {asked.state === 'looking' && <Loader size={14} aria-label="Being looked at" />}
          {asked.state === 'waiting' && (
            <Text size="xs" c="dimmed">
              waits
            </Text>
          )}
        </Group>
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${asked.name}`} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      </Group>
      {asked.error && (
        <p className={classes.failed} role="alert">
          {asked.error}
        </p>
      )}
      {asked.look && !asked.error && <Row look={asked.look} onZoom={onZoom} />}
    </article>
  );
}

function Row({ look, onZoom }: { look: LookOut; onZoom: (shown: Shown) => void }) {
  const ratio = (look.width ?? 1) / (look.height ?? 1);
  const plain = [
    { title: 'Input', detail: `${look.width} × ${look.height}`, url: look.input_url, ratio },
    { title: 'As the model sees it', detail: 'squeezed to its size', url: look.prepared_url, ratio: 1 },
    { title: 'Processed example', detail: 'one step of the method', url: look.example_url, ratio: 1 },
  ];
  return (
    <div className={classes.row}>
      {plain.map(
        ({ title, detail, url, ratio: shape }) =>
          url && (
            <figure key={title} className={classes.figure}>
              <Picture
                shown={{ title: `${look.name}: ${title}`, picture: url, ratio: shape }}
                onZoom={onZoom}
              />
              <figcaption className={classes.caption}>
                {title}
                <Text size="xs" c="dimmed">
                  {detail}
                </Text>
              </figcaption>
            </figure>
          ),
      )}
      {look.maps.map((map) => (
        <MapFigure key={map.index} look={look} map={map} ratio={ratio} onZoom={onZoom} />
      ))}
    </div>
  );
}

interface MapFigureProps {
  look: LookOut;
  map: MapOut;
  ratio: number;
  onZoom: (shown: Shown) => void;
}

function MapFigure({ look, map, ratio, onZoom }: MapFigureProps) {
  const title = `${look.name}: ${map.name}`;
  return (
    <figure className={classes.figure} data-testid="map">
      <Picture shown={{ title, picture: look.input_url ?? '', heat: map.heat_url, ratio }} onZoom={onZoom} />
      <figcaption className={classes.caption}>
        <Group justify="space-between" gap={4} wrap="nowrap">
          <span>{map.name}</span>
          <strong>{formatShare(map.probability)}</strong>
        </Group>
        <Group gap="xs">
          <Anchor size="xs" href={map.png_url} download>
            PNG
          </Anchor>
          <Anchor size="xs" href={map.npy_url} download title="The numbers, for numpy">
            npy
          </Anchor>
        </Group>
      </figcaption>
    </figure>
  );
}

function Picture({ shown, onZoom }: { shown: Shown; onZoom: (shown: Shown) => void }) {
  return (
    <button
      type="button"
      className={classes.open}
      aria-label={`Enlarge ${shown.title}`}
      onClick={() => onZoom(shown)}
    >
      <Layers shown={shown} />
    </button>
  );
}

/** The picture with its map on top, as wide as there is room. */
export function Layers({ shown, width = '100%' }: { shown: Shown; width?: string }) {
  return (
    <div className={classes.box} style={{ width, aspectRatio: shown.ratio }}>
      <img src={shown.picture} alt={shown.title} />
      {shown.heat && <img src={shown.heat} alt="" className={classes.heat} data-testid="heat" />}
    </div>
  );
}
