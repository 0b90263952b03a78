import { Button, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { listMergesOptions } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useMay } from '@/hooks/use-may';
import classes from './ClassesPanel.module.css';
import { MergeForm } from './MergeForm';
import { MergeRow } from './MergeRow';
import { freeClasses, placeOf, standing, USE_LABELS, undone } from './merges';

/** The classes that annotators answer, and which of them are one to the model. */
export function ClassesPanel({ project }: { project: ProjectOut }) {
  const mayChange = useMay(project.id, 'change_settings');
  const merges = useQuery(listMergesOptions({ path: { project_id: project.id } }));
  if (merges.isError && !merges.data)
    return <ErrorNotice error={merges.error} onRetry={() => merges.refetch()} />;
  if (!merges.data) return <Skeletons heights={[200]} />;
  const free = freeClasses(project.classes, merges.data);
  const past = undone(merges.data);
  return (
    <Panel
      title="Classes"
      actions={mayChange && <MergeButton project={project} free={free} mergeable={free.length > 1} />}
    >
      <Stack gap="xs">
        <ul className={classes.names}>
          {project.classes.map((one) => (
            <li key={one.id}>
              <ClassName of={one} />
            </li>
          ))}
        </ul>
        {standing(merges.data).length === 0 ? (
          <Text size="sm" c="dimmed">
            Each is a class of its own. Those that are too rare to learn apart, or that nobody acts on
            differently, can be merged; annotators keep answering all of them, and a merge can be undone.
          </Text>
        ) : (
          standing(merges.data).map((merge) => (
            <MergeRow key={merge.id} merge={merge} projectId={project.id} mayChange={mayChange} />
          ))
        )}
        {past.length > 0 && (
          <details>
            <summary className={classes.summary}>Undone merges ({past.length})</summary>
            <ul className={classes.history}>
              {past.map((merge) => (
                <li key={merge.id} data-testid="undone-merge">
                  {merge.name}, {USE_LABELS[placeOf(merge)].toLowerCase()}: merged <Time at={merge.made_at} />{' '}
                  by {merge.made_by}, undone {merge.undone_at && <Time at={merge.undone_at} />} by{' '}
                  {merge.undone_by}
                </li>
              ))}
            </ul>
          </details>
        )}
      </Stack>
    </Panel>
  );
}

interface MergeButtonProps {
  project: ProjectOut;
  free: ProjectOut['classes'];
  mergeable: boolean;
}

function MergeButton({ project, free, mergeable }: MergeButtonProps) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open} disabled={!mergeable || project.classes.length < 3}>
        Merge classes…
      </Button>
      <Modal opened={opened} onClose={close} title="Classes that are one to the model" size="lg">
        <MergeForm project={project} free={free} onDone={close} />
      </Modal>
    </>
  );
}
