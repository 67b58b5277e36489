// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/exit-socket.h"

#include "base/thread.h"
#include "collect/exit-record.h"
#include "collect/netlink.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * The kernel doubles the size and counts 1,280 bytes for a record: there is room for 6,550. A
 * thread that gets no CPU for a second loses none below that.
 */
enum { BUFFER_SIZE = 4 * 1024 * 1024, CPUS_SIZE = 1024 };

static const char possible_cpus[] = "/sys/devices/system/cpu/possible";

/* A request with one attribute. */
struct request {
	struct nlmsghdr header;
	struct genlmsghdr command;
	struct nlattr attribute;
	char value[CPUS_SIZE];
};

static int
send_request(int fd, uint16_t family, uint8_t command, uint16_t type, const char *text)
{
	size_t size = strlen(text) + 1;
	struct request request = {
		.header = { .nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.command = { .cmd = command, .version = TASKSTATS_GENL_VERSION },
		.attribute = { .nla_type = type, .nla_len = (uint16_t)(NLA_HDRLEN + size) },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	memcpy(request.value, text, size);
	request.header.nlmsg_len = (uint32_t)(offsetof(struct request, value) + NLA_ALIGN(size));
	return sendto(fd, &request, request.header.nlmsg_len, 0, (struct sockaddr *)&kernel,
		       sizeof(kernel)) < 0
		       ? -errno
		       : 0;
}

ssize_t
exit_socket_receive(const struct exit_socket *socket, char message[static EXIT_MESSAGE_SIZE])
{
	struct sockaddr_nl sender;
	socklen_t sender_size;
	ssize_t size;

	do {
		sender = (struct sockaddr_nl){ .nl_family = AF_UNSPEC };
		sender_size = sizeof(sender);
		size = recvfrom(socket->fd, message, EXIT_MESSAGE_SIZE, MSG_DONTWAIT,
			(struct sockaddr *)&sender, &sender_size);
	} while ((size < 0 && errno == EINTR) || (size >= 0 && sender.nl_pid != 0));
	return size < 0 ? -errno : size;
}

/* The kernel has put its answer into the queue before it returns from the request. */
static int
receive_answer(const struct exit_socket *socket, uint16_t *ret_family)
{
	char message[EXIT_MESSAGE_SIZE];
	struct nlmsghdr header;
	ssize_t size;
	int error;

	while ((size = exit_socket_receive(socket, message)) >= 0 || size == -ENOBUFS) {
		struct netlink_span reply =
			netlink_find(netlink_attributes(message, size < 0 ? 0 : (size_t)size,
					     GENL_ID_CTRL, CTRL_CMD_NEWFAMILY),
				CTRL_ATTR_FAMILY_ID);

		if (ret_family && reply.size == sizeof(*ret_family))
			memcpy(ret_family, reply.data, sizeof(*ret_family));
		if (size < (ssize_t)(NLMSG_HDRLEN + sizeof(error)))
			continue;
		memcpy(&header, message, sizeof(header));
		memcpy(&error, message + NLMSG_HDRLEN, sizeof(error));
		if (header.nlmsg_type == NLMSG_ERROR)
			return error;
	}
	return (int)size;
}

static int
find_family(struct exit_socket *socket)
{
	int error = send_request(socket->fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
		CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME);

	if (error == 0)
		error = receive_answer(socket, &socket->family);
	return error == 0 && socket->family == 0 ? -ENOENT : error;
}

/* Asks for the records of all CPUs, or for no more of them. */
static int
register_cpus(const struct exit_socket *socket, uint16_t attribute)
{
	char cpus[CPUS_SIZE];
	ssize_t length = procfs_read(AT_FDCWD, possible_cpus, cpus, sizeof(cpus));
	int error;

	if (length < 0)
		return (int)length;
	cpus[strcspn(cpus, "\n")] = '\0';
	error = send_request(socket->fd, socket->family, TASKSTATS_CMD_GET, attribute, cpus);
	return error < 0 ? error : receive_answer(socket, NULL);
}

static void *
end_at_once(void *nothing)
{
	return nothing;
}

/*
 * E4. A thread sends its record before its end is seen by those who wait for it. Any record, or one
 * too many, shows that they come.
 */
static int
check_that_records_come(const struct exit_socket *socket)
{
	char message[EXIT_MESSAGE_SIZE];
	struct exit_record record;
	pthread_t thread;
	ssize_t size;
	int error = thread_start(&thread, end_at_once, NULL);

	if (error < 0)
		return error;
	pthread_join(thread, NULL);
	while ((size = exit_socket_receive(socket, message)) >= 0)
		if (exit_record_parse(message, (size_t)size, socket->family, &record))
			return 0;
	return size == -ENOBUFS ? 0 : -ENONET;
}

static int
start(struct exit_socket *socket)
{
	const int size = BUFFER_SIZE;
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	int error;

	if (bind(socket->fd, (struct sockaddr *)&own, sizeof(own)) < 0)
		return -errno;
	if (setsockopt(socket->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(socket->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	error = find_family(socket);
	if (error == 0)
		error = register_cpus(socket, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK);
	return error == 0 ? check_that_records_come(socket) : error;
}

int
exit_socket_open(struct exit_socket *ret_socket)
{
	struct exit_socket opened = { .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
					      NETLINK_GENERIC) };
	int error = opened.fd < 0 ? -errno : start(&opened);

	if (error == 0)
		*ret_socket = opened;
	else if (opened.fd >= 0)
		exit_socket_close(&opened);
	return error;
}

/* Else the kernel would send to the next socket that gets this one's number. */
void
exit_socket_close(struct exit_socket *socket)
{
	if (socket->family != 0)
		register_cpus(socket, TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK);
	close(socket->fd);
}
