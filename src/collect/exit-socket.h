// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A socket to which the kernel reports each thread that ends: generic netlink, family TASKSTATS
 * (kernel/taskstats.c).
 */
struct exit_socket {
	int fd;
	uint16_t family;
};

/* The longest message: two structs of 560 bytes, with room for what further versions bring. */
enum { EXIT_MESSAGE_SIZE = 4096 };

/*
 * Returns 0 or -errno: -EPERM without CAP_NET_ADMIN, -ENOENT if this kernel has no taskstats,
 * -EINVAL in a PID namespace, -ENONET in a network namespace: the kernel lets one register there,
 * but reports to the first one only. Nothing is lost from then on but what exit_socket_receive()
 * says.
 */
int exit_socket_open(struct exit_socket *ret_socket);
void exit_socket_close(struct exit_socket *socket);

/*
 * Receives the next message, without waiting. Returns its size, -EAGAIN if there is none, -ENOBUFS
 * if messages were lost; then it goes on.
 */
ssize_t exit_socket_receive(
	const struct exit_socket *socket, char message[static EXIT_MESSAGE_SIZE]);
