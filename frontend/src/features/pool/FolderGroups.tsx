import { Checkbox, type CheckboxProps } from '@mantine/core';

/** What the API's `group_column` says for pictures that lie in folders and have no columns. */
export const FOLDER = 'folder';

export function FolderGroups(props: CheckboxProps) {
  return (
    <Checkbox
      label="Each folder is one group"
      description="Pictures of one group (a patient, a panel) are never split between training and testing."
      {...props}
    />
  );
}
