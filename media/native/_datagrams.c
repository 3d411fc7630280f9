/* One UDP datagram in, one out, on a socket that never blocks, without letting go of the interpreter's lock: whoever
   lets go of it beside a busy thread gets it back only a switch interval later, and there are 100 datagrams a second
   and call. The twin in Python is in datagrams.py. IPv4 on Linux only. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define LARGEST 2048

static int is_address(Py_ssize_t size)
{
    if (size == (Py_ssize_t)sizeof(struct sockaddr_in))
        return 1;
    PyErr_Format(PyExc_ValueError, "expected a sockaddr_in of %zu bytes, got %zd", sizeof(struct sockaddr_in), size);
    return 0;
}

static int same(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_family == other->sin_family && one->sin_port == other->sin_port &&
           one->sin_addr.s_addr == other->sin_addr.s_addr;
}

/* receive(fd, peer, known, unknown) -> (datagram, known | unknown) | None */
static PyObject *receive(PyObject *module, PyObject *args)
{
    char datagram[LARGEST];
    struct sockaddr_in expected, source;
    socklen_t size = sizeof source;
    const char *peer;
    Py_ssize_t peer_size;
    PyObject *known, *unknown;
    int fd;

    if (!PyArg_ParseTuple(args, "iy#OO", &fd, &peer, &peer_size, &known, &unknown) || !is_address(peer_size))
        return NULL;
    memcpy(&expected, peer, sizeof expected);
    memset(&source, 0, sizeof source);
    ssize_t length = recvfrom(fd, datagram, sizeof datagram, MSG_DONTWAIT, (struct sockaddr *)&source, &size);
    if (length < 0)
        Py_RETURN_NONE;
    return Py_BuildValue("(y#O)", datagram, (Py_ssize_t)length, same(&source, &expected) ? known : unknown);
}

/* send(fd, peer, datagram) -> whether the kernel took it */
static PyObject *send_one(PyObject *module, PyObject *args)
{
    struct sockaddr_in to;
    const char *peer, *datagram;
    Py_ssize_t peer_size, length;
    int fd;

    if (!PyArg_ParseTuple(args, "iy#y#", &fd, &peer, &peer_size, &datagram, &length) || !is_address(peer_size))
        return NULL;
    memcpy(&to, peer, sizeof to);
    ssize_t sent = sendto(fd, datagram, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
    return PyBool_FromLong(sent >= 0);
}

static PyMethodDef methods[] = {
    {"receive", receive, METH_VARARGS, "A datagram and whom it is from; None where none waits."},
    {"send", send_one, METH_VARARGS, "Send a datagram; whether the kernel took it."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_datagrams", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__datagrams(void)
{
    return PyModule_Create(&definition);
}
