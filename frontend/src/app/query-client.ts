import { QueryClient } from '@tanstack/react-query';
import { isTransient } from '@/lib/errors';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && isTransient(error), staleTime: 1_000 },
  },
});
