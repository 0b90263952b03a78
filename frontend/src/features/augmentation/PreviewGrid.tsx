import { Stack, Text } from '@mantine/core';
import type { AugmentationOut, PreviewRowOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ImportLink } from '@/components/ImportLink';
import { LiveDot } from '@/components/LiveDot';
import { SampleLink } from '@/components/SampleLink';
import { Time } from '@/components/Time';
import type { AugmentationValues } from './augmentation';
import classes from './PreviewGrid.module.css';

interface PreviewGridProps {
  projectId: number;
  found: AugmentationOut;
  mode: AugmentationValues['mode'];
  /** Whether what was drawn is of the options in the form. */
  current: boolean;
}

/** A few samples of the project beside versions of them, drawn by the code that training uses. */
export function PreviewGrid({ projectId, found, mode, current }: PreviewGridProps) {
  if (found.samples === 0)
    return (
      <EmptyState title="No pictures to show this on yet" action={<ImportLink projectId={projectId} />}>
        Once the pool has samples, you see some of them here as a deep run would.
      </EmptyState>
    );
  return (
    <Stack gap="xs" mt="md" aria-live="polite">
      {found.drawing && <Drawing error={found.drawing.live ? null : found.drawing.error} />}
      {found.preview && (mode !== 'off' || current) ? (
        <>
          <Text size="sm" c={current ? 'dimmed' : 'var(--bad)'}>
            {current
              ? 'As a deep run sees them with these options'
              : 'Drawn for other options than those above'}
            , <Time at={found.preview.made_at} />.
          </Text>
          {found.preview.rows.map((row) => (
            <Row key={row.sample_id} row={row} />
          ))}
        </>
      ) : (
        <EmptyState title={mode === 'off' ? 'Pictures stay as they are' : 'Not drawn yet'}>
          {mode === 'off'
            ? 'Choose another mode to see on your own pictures what it would do.'
            : '“Show on my pictures” draws a few samples and their versions. It changes nothing.'}
        </EmptyState>
      )}
    </Stack>
  );
}

function Drawing({ error }: { error: string | null }) {
  return error === null ? (
    <Text size="sm">
      <LiveDot label="Drawing" /> Drawing the versions.
    </Text>
  ) : (
    <Text size="sm" c="var(--bad)">
      They could not be drawn: {error}
    </Text>
  );
}

function Row({ row }: { row: PreviewRowOut }) {
  return (
    <ul className={classes.row} aria-label={`${row.sample_name} and its versions`} data-testid="versions">
      <Picture url={row.original_url} alt={`${row.sample_name} as it is`}>
        <SampleLink id={row.sample_id}>as it is</SampleLink>
      </Picture>
      {row.versions.map((one, place) => (
        <Picture key={one.url} url={one.url} alt={`${row.sample_name}, version ${place + 1}, ${one.policy}`}>
          {one.policy}
        </Picture>
      ))}
    </ul>
  );
}

function Picture({ url, alt, children }: { url: string; alt: string; children: React.ReactNode }) {
  return (
    <li>
      <figure className={classes.figure}>
        <img className={classes.picture} src={url} alt={alt} loading="lazy" />
        <figcaption className={classes.caption}>{children}</figcaption>
      </figure>
    </li>
  );
}
