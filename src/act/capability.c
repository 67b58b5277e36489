// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/capability.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The inode of the first user namespace (include/linux/proc_ns.h, PROC_USER_INIT_INO). */
#define FIRST_USER_NAMESPACE 0xEFFFFFFDU

bool
capability_is_held(int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct stat space;

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	if (stat("/proc/self/ns/user", &space) == 0 && space.st_ino != FIRST_USER_NAMESPACE)
		return false;
	return data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}
