/* What runtime.h declares is in cluster.h. */
#include "cluster.h"
