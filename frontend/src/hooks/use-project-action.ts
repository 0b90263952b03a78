// Every change to a project ends alike: ask for all its figures again, or say what went wrong.
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { messageOf } from '@/lib/errors';

/** Callbacks to spread over a mutation; `done` says what happened, when the page does not show it by itself. */
export function useProjectAction<Result>(done?: (result: Result) => string) {
  const queries = useQueryClient();
  return {
    onSuccess: (result: Result) => {
      if (done) notifications.show({ message: done(result), autoClose: 5000 });
      return queries.invalidateQueries();
    },
    onError: (error: unknown) => {
      notifications.show({
        title: 'That did not work',
        message: messageOf(error),
        color: 'red',
        autoClose: 10_000,
      });
    },
  };
}
